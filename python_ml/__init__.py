"""Predictive maintenance for arepa kitchens: one scikit-learn model per arepa type."""
