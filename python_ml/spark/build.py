"""`arepas spark-build`: load the raw files and build up to the features on the Spark target."""

import logging
from contextlib import nullcontext
from datetime import date

from python_ml.engines.transform import Engine, Transformer
from python_ml.raw.deliveries import read_unreadable_files
from python_ml.run.record import Run
from python_ml.settings import PROJECT_DIR, Settings
from python_ml.spark.load import load_on_spark
from python_ml.spark.warehouse import SparkWarehouse

# What dbt builds; raw and ml are entered before they are filled.
BUILT_SCHEMAS = ("seeds", "staging", "intermediate", "quarantine", "core", "features", "bi")

logger = logging.getLogger(__name__)


def spark_engine(settings: Settings, spark: SparkWarehouse) -> Engine:
    """The session that dbt works in, too; it stays open."""
    return Engine("spark", settings.spark_dir / ".dbt", lambda: nullcontext(spark))


def build(settings: Settings, run: Run) -> None:
    """Open a session, and load and build in it."""
    with SparkWarehouse(settings) as spark:
        build_on_spark(settings, spark, run_id=run.run_id, as_of=run.as_of)
        run.problems += read_unreadable_files(spark)


def build_on_spark(
    settings: Settings, spark: SparkWarehouse, *, run_id: str, as_of: date
) -> Transformer:
    """Load the raw files and build everything up to the features, with the same models.

    Raises:
        InputError: The raw files cannot be used.
        ArepasError: A model or a test failed; the message names it.
    """
    line_count = load_on_spark(settings, spark, run_id=run_id, as_of=as_of)
    logger.info("loaded %d lines on Spark", line_count)
    spark.delete_unfinished_tables(BUILT_SCHEMAS, _built_names())
    transformer = Transformer(settings, spark_engine(settings, spark))
    transformer.build_features()
    return transformer


def _built_names() -> set[str]:
    """The names of all models and seeds, which are those of their tables."""
    return {
        path.stem
        for folder, suffix in (("models", ".sql"), ("seeds", ".csv"))
        for path in (PROJECT_DIR / folder).rglob(f"*{suffix}")
    }
