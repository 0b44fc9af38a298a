"""`arepas freshness`: how old the newest delivery of each kind of raw file is."""

import logging

from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.settings import Settings

logger = logging.getLogger(__name__)


def freshness(settings: Settings) -> None:
    """Compare the age of each kind of raw file with its limit, as dbt's sources state it.

    Raises:
        ArepasError: One is older than its limit; the message names it.
    """
    Transformer(settings, duckdb_engine(settings)).check_freshness()
    logger.info("every kind of raw file was delivered within its limit")
