"""The life of the models: trained, replayed, judged, promoted, given back, and remembered.

Reads features and labels, writes the registry and its history in schema `ml`.
"""
