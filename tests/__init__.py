"""Tests run with the threads that the product runs with."""

import python_ml  # noqa: F401
