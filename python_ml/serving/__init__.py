"""The prediction endpoint: HTTP in front of the champions; independent of Spark."""
