"""Predictive maintenance for arepa kitchens: one scikit-learn model per arepa type."""

import os

# Before anything loads them, and for every process that we start: threads that wait for work sleep.
# By default they spin, and on a busy machine a fit takes ten times its CPU time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
