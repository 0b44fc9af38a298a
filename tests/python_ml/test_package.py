"""What the package asks of every process that loads it."""

import subprocess
import sys

# What is registered first runs last.
COUNT_FROZEN = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count()))
import python_ml
"""


def test_a_processs_end_looks_for_no_garbage():
    told = subprocess.run(
        [sys.executable, "-c", COUNT_FROZEN], check=True, capture_output=True, text=True
    )
    assert int(told.stdout) > 0
