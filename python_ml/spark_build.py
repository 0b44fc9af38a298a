"""`arepas spark-build`: load the raw files and build up to the features on the Spark target."""

import logging
from datetime import date

from python_ml.settings import PROJECT_DIR, Settings
from python_ml.spark_load import load_on_spark
from python_ml.spark_warehouse import SparkWarehouse
from python_ml.transform import Transformer

# What dbt builds; raw and ml are entered before they are filled.
BUILT_SCHEMAS = ("seeds", "staging", "intermediate", "quarantine", "core", "features", "bi")

logger = logging.getLogger(__name__)


def spark_build(
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
    transformer = Transformer(settings, spark)
    transformer.build_features()
    return transformer


def _built_names() -> set[str]:
    """The names of all models and seeds, which are those of their tables."""
    return {
        path.stem
        for folder, suffix in (("models", ".sql"), ("seeds", ".csv"))
        for path in (PROJECT_DIR / folder).rglob(f"*{suffix}")
    }
