"""The second engine: its door, and the verbs that run on it; independent of the endpoint.

A file that has a counterpart in another room carries the same name.
"""
