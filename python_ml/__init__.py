"""Predictive maintenance for arepa kitchens: one scikit-learn model per arepa type."""

import atexit
import gc
import os

# Before anything loads them, and for every process that we start: threads that wait for work sleep.
# By default they spin, and on a busy machine a fit takes ten times its CPU time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What dbt, MLflow and pandas load stays for good: to look it through for garbage with every 700 new
# objects, as is the default, takes a sixth of what a morning takes before it comes to any data.
gc.set_threshold(100_000, 50, 100)

# At a process's end Python looks through all of it again, several times, for garbage that ends with
# the process anyway: a second of CPU after a morning, or after any verb that loads dbt or MLflow.
atexit.register(gc.freeze)
