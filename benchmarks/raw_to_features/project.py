"""From raw files to features with this project, on an empty warehouse: RAW_DIR AS_OF OUT.

The warehouse lies beside OUT, and what loading and dbt took is noted there.
"""

import sys
from datetime import date
from pathlib import Path
from unittest import mock

from benchmarks.raw_to_features.measure import note_step
from python_ml.morning import build
from python_ml.run.record import start_run
from python_ml.settings import load_settings


def main(raw_dir: str, as_of: str, out: str) -> None:
    """Build the features as `arepas build` does."""
    warehouse_path = Path(out).with_name("warehouse.duckdb")
    settings = load_settings({"RAW_DATA_DIR": raw_dir, "WAREHOUSE_PATH": str(warehouse_path)})
    load, build_features = build.load, build.Transformer.build_features

    def noted_load(*arguments: object, **named: object) -> int:
        with note_step("load", Path(out)):
            return load(*arguments, **named)

    def noted_build(transformer: build.Transformer, **named: bool) -> None:
        with note_step("dbt", Path(out)):
            build_features(transformer, **named)

    with (
        mock.patch.object(build, "load", noted_load),
        mock.patch.object(build.Transformer, "build_features", noted_build),
        start_run(settings, date.fromisoformat(as_of)) as run,
    ):
        build.build(settings, run)


if __name__ == "__main__":
    main(*sys.argv[1:])
