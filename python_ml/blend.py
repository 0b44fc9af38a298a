"""Where models that were fitted before the packages name their class; their pickles look here."""

from python_ml.learning.blend import BlendedClassifier

__all__ = ["BlendedClassifier"]
