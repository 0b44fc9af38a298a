"""What every run leaves behind: its record, its lock, its log lines, the code's version."""
