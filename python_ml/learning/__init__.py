"""What learns: features' columns, experts, their blend, measures and reasons; pure.

No file, clock or environment, and no door to a database. Anyone may come in.
"""
