"""The simulated fleet, and the raw files that its kitchens would deliver.

Knows nothing of the product: the product reads its files like any other's.
"""
