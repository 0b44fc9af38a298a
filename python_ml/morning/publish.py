"""Put schema `bi` where people and BI tools read it, and write down that it was."""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd

from python_ml.engines.warehouse import Warehouse, publish_schema, write_parquet_copies
from python_ml.errors import ArepasError
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

PUBLICATION_COLUMNS = """
    run_id varchar not null,
    as_of_date date not null,
    published_at timestamp not null,
    code_version varchar not null,
    status varchar not null
"""
CREATE_PUBLICATIONS = f"""
create schema if not exists ml;
create table if not exists ml.publications ({PUBLICATION_COLUMNS}, is_in_time boolean);
"""


@dataclass(frozen=True)
class Publication:
    """What a published file says of itself.

    Attributes:
        run_id: The run that it comes from.
        as_of_date: The morning of its newest plan.
        published_at: When it was put into place, UTC.
        code_version: The code that made it.
        status: `complete`, or `partly_done` where some arepa types could not be scored.
    """

    run_id: str
    as_of_date: date
    published_at: datetime
    code_version: str
    status: str


def create_publications(warehouse: Warehouse) -> None:
    """Create the log of publications where it is missing."""
    warehouse.execute(CREATE_PUBLICATIONS)


def publish(settings: Settings, *, run_id: str, as_of: date, status: str) -> int:
    """Replace the published file by a copy of schema `bi`, then log it in `ml.publications`.

    Returns:
        The number of rows published.

    Raises:
        ArepasError: The file cannot be written; the one that was published before is in place.
    """
    publication = Publication(
        run_id=run_id,
        as_of_date=as_of,
        published_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        code_version=code_version(),
        status=status,
    )
    row = pd.DataFrame([publication])
    told = row.assign(currency=settings.currency)
    try:
        row_count = publish_schema(
            settings.warehouse_path, "bi", settings.bi_path, publication=told
        )
    except OSError as error:
        raise ArepasError(
            f"BI_PATH={settings.bi_path}: cannot be written ({error}); what was published before"
            " is still there"
        ) from error
    with Warehouse(settings.warehouse_path) as warehouse:
        create_publications(warehouse)
        warehouse.append("ml.publications", row.assign(is_in_time=_is_in_time(settings, as_of)))
    return row_count


def publish_parquet(settings: Settings) -> None:
    """Write what is published as Parquet files, too, in a folder beside it."""
    folder = settings.bi_path.with_suffix("")
    logger.info("wrote %d tables to %s", write_parquet_copies(settings.bi_path, folder), folder)


def _is_in_time(settings: Settings, as_of: date) -> bool | None:
    """Whether the deadline of the day was kept; None for a past day, which nobody waits for."""
    now = datetime.now()  # noqa: DTZ005  (the kitchens' own clock, told by the machine's zone)
    return now.time() <= settings.publish_deadline if as_of == now.date() else None
