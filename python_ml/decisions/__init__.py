"""What decisions cost: policies replayed over a machine's log, measured and judged; pure.

The arithmetic in money that the life of the models rests on. No file, clock or door; anyone above
may come in.
"""
