"""Load raw files into an empty warehouse and nothing else: RAW_DIR AS_OF OUT."""

import os
import sys
from datetime import date
from pathlib import Path

from benchmarks.raw_to_features.measure import note_step
from python_ml.raw.load import load
from python_ml.settings import load_settings


def main(raw_dir: str, as_of: str, out: str) -> None:
    """Note beside OUT what loading took."""
    warehouse_path = Path(out).with_name("warehouse.duckdb")
    places = {"RAW_DATA_DIR": raw_dir, "WAREHOUSE_PATH": str(warehouse_path)}
    settings = load_settings(places | {"RAW_LAYOUTS": os.environ.get("RAW_LAYOUTS", "")})
    with note_step("load", Path(out)):
        load(settings, run_id="bench", as_of=date.fromisoformat(as_of))


if __name__ == "__main__":
    main(*sys.argv[1:])
