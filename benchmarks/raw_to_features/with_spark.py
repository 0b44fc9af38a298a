"""From raw files to features with this project's Spark target, on two threads: RAW_DIR AS_OF OUT.

Runs in `.venv-spark`. Ends only after Java has ended, so that its memory and time are seen.
"""

import sys
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.raw_to_features.measure import note_step
from python_ml.settings import load_settings
from python_ml.spark.build import build_on_spark
from python_ml.spark.warehouse import SparkWarehouse

HEAP = "spark.driver.memory 8g\n"
FEATURES = "warehouse/features.db/feat_machine_arepa_daily/**/*.parquet"


def main(raw_dir: str, as_of: str, out: str) -> None:
    """Build the features as `arepas spark-build` does, and leave them as one Parquet file."""
    spark_dir = Path(out).with_name("spark")
    further = Path(out).with_name("spark.conf")
    further.write_text(HEAP)
    settings = load_settings(
        {
            "RAW_DATA_DIR": raw_dir,
            "SPARK_DIR": str(spark_dir),
            "SPARK_MASTER": "local[2]",
            "SPARK_SETTINGS_FILE": str(further),
        }
    )
    with note_step("session", Path(out)):
        spark = SparkWarehouse(settings)
    with note_step("load and dbt", Path(out)):
        build_on_spark(settings, spark, run_id="bench", as_of=date.fromisoformat(as_of))
    spark.stop()
    _end_java()
    duckdb.execute(
        f"copy (select * from read_parquet('{spark_dir / FEATURES}', hive_partitioning = true))"
        f" to '{out}' (format parquet)"
    )


def _end_java() -> None:
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
