"""From a request for a prediction to rows: of the mart, or of raw files.

What is asked is typed `Any`: its class is made when the endpoint starts, for the fleet's metrics.
"""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import zip_longest
from typing import Any

import pandas as pd

from python_ml.errors import InputError
from python_ml.learning.columns import PART_CLOCKS

Row = dict[str, Any]

PARTS = "parts"  # of a row: what its parts are called, in the order of their clocks, if told


def row_of_features(asked: Any, arepa_type: str) -> Row:  # noqa: ANN401
    """Make the row that the mart would have held."""
    return {
        **asked.features,
        "reading_count_7d": asked.features.get("reading_count_7d") or 0,
        "machine_id": asked.machine_id,
        "kitchen_id": asked.kitchen_id,
        "phase": asked.phase,
        "arepa_type": arepa_type,
        "as_of_date": asked.as_of_date,
        "is_down": asked.is_down,
        PARTS: asked.parts,
    }


def number_parts_as(own: Sequence[str] | None, row: Row) -> Row:
    """Put each part's clock under the number that a model knows it by; unknown where none is told.

    Args:
        own: What the model calls the parts of the row's phase; None where it does not say.
        row: Features; as they are where it does not say what its parts are called.
    """
    if own is None or row.get(PARTS) is None:
        return row
    told = dict(zip(row[PARTS], PART_CLOCKS, strict=False))
    numbered = zip_longest(PART_CLOCKS, own)
    return row | {clock: row.get(told.get(name, "")) for clock, name in numbered if clock}


def raw_tables_of(asked: Any, arepa_type: str, metrics: tuple[str, ...]) -> dict[str, list[Row]]:  # noqa: ANN401
    """Write a request as the rows of the raw files that a kitchen would deliver.

    Raises:
        InputError: A batch is said to be of two types; a registry's later line would win unseen.
    """
    machine = {"machine_id": asked.machine_id}
    batches: dict[str, str] = {}
    for number, reading in enumerate(asked.readings):
        told = reading.arepa_type or arepa_type
        if (known := batches.setdefault(reading.batch_id, told)) != told:
            where = f"readings.{number}.arepa_type"
            raise InputError(f"{where}: batch {reading.batch_id} is of {known} and of {told}")
    return {
        "machines": [{**machine, "kitchen_id": asked.kitchen_id, "phase": asked.phase}],
        "batch_registry": [
            {"batch_id": batch_id, "arepa_type": of_batch} for batch_id, of_batch in batches.items()
        ],
        "faulty_intervals": [
            {
                **machine,
                "start_time": interval.start_time.isoformat(),
                "end_time": interval.end_time.isoformat(),
            }
            for interval in asked.faulty_intervals
        ],
        "maintenance_events": [
            {
                **machine,
                "start_time": event.start_time.isoformat(),
                "end_time": event.end_time.isoformat() if event.end_time else None,
                "kind": event.kind,
                "finding": event.finding,
                "component": event.component,
            }
            for event in asked.maintenance_events or []
        ],
        "cooking_metrics": [
            {
                "timestamp": reading.timestamp.isoformat(),
                **machine,
                "batch_id": reading.batch_id,
                **{metric: getattr(reading, metric) for metric in metrics},
            }
            for reading in asked.readings
        ],
    }


def with_history(row: Row, asked: Any) -> tuple[Row, list[str]]:  # noqa: ANN401
    """Put in what only the kitchen knows of the time before the readings; name what nobody said.

    Which part has which number is the whole fleet's order, so one machine's log cannot tell the
    clocks of its parts: they are told, or unknown.
    """
    parts = asked.days_since_part_service or [None] * len(PART_CLOCKS)
    clocks: Row = dict(zip(PART_CLOCKS, parts, strict=True))
    row = row | clocks | {PARTS: asked.parts}
    unknown = [] if asked.days_since_part_service else list(PART_CLOCKS)
    if asked.maintenance_events is None:
        return row, ["days_since_last_stop", "batch_count_since_last_stop", *unknown]
    if asked.batch_count_since_last_stop is not None:
        told = {"batch_count_since_last_stop": asked.batch_count_since_last_stop}
        return row | told, unknown
    days = row["days_since_last_stop"]
    first_reading = min(reading.timestamp for reading in asked.readings)
    midnight = datetime.combine(asked.as_of_date, time())
    if pd.isna(days) or days * 86400 <= (midnight - first_reading).total_seconds():
        return row, unknown
    return row | {"batch_count_since_last_stop": None}, ["batch_count_since_last_stop", *unknown]
