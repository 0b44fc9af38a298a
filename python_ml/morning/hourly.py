"""`arepas hourly`: the hourly averaged training data set as a CSV file."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from python_ml.engines.marts import find_unknown
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.files import put_whole
from python_ml.raw.files import read_arepa_types
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

HOURLY_MEANS = """
select
    cast(measured_date as varchar) as date,
    cast(hour(measured_at) as integer) as hour,
    kitchen_id,
    machine_id,
    arepa_type,
    {means}
from core.fct_cooking_metrics
where
    not is_faulty
    and measured_at between $start and $end
    and measured_date between cast($start as date) and cast($end as date)
    and coalesce(kitchen_id = $kitchen, true)
    and coalesce(machine_id = $machine, true)
    and coalesce(phase = $phase, true)
    and (len($arepa_types) = 0 or list_contains($arepa_types, arepa_type))
group by all
order by all
"""
FORMULA = r"^[=+\-@\t\r]"
# Exact sums, so that the mean does not depend on the order in which the rows come.
MEAN = "cast(sum(cast({metric} as decimal(38, 12))) as double) / count(*) as {metric}"


@dataclass(frozen=True)
class HourlyRequest:
    """What to average, both times included, and where to write it; None means all."""

    start: datetime
    end: datetime
    kitchen: str | None
    machine: str | None
    phase: int | None
    out: Path


def parse_request(given: Mapping[str, str]) -> HourlyRequest:
    """Read the options of the verb; an empty one means all.

    Raises:
        InputError: A time or a phase is none, the times are the wrong way round, or there is no
            file to write.
    """
    if not given["out"]:
        raise InputError("OUT= is missing: name the file to write, such as OUT=hourly.csv")
    if given["phase"] not in {"", "1", "2", "3"}:
        raise InputError(f"PHASE={given['phase']!r}: phases are 1, 2 and 3")
    start, end = parse_time("START", given["start"]), parse_time("END", given["end"])
    if end < start:
        raise InputError(f"END={end.isoformat()} lies before START; swap them")
    return HourlyRequest(
        start=start,
        end=end,
        kitchen=given["kitchen"] or None,
        machine=given["machine"] or None,
        phase=int(given["phase"]) if given["phase"] else None,
        out=Path(given["out"]),
    )


def parse_time(name: str, text: str) -> datetime:
    """Read a time written as `YYYY-MM-DDTHH:MM:SS`.

    Raises:
        InputError: The text is no such time.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", text):
        raise InputError(f"{name}={text!r} is not a time: write it as YYYY-MM-DDTHH:MM:SS")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name}={text!r} is not a time: {error}") from error


def _harmless(means: pd.DataFrame) -> pd.DataFrame:
    """Make the names harmless."""
    names = means[["kitchen_id", "machine_id", "arepa_type"]]
    return means.assign(**names.map(harmless))


def harmless(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would take for a formula and execute."""
    return re.sub(FORMULA, r"'\g<0>", value) if isinstance(value, str) else value


def hourly(settings: Settings, *, request: HourlyRequest) -> int:
    """Write the hourly means of reliable readings, sorted by their keys.

    Grain: one row per date, hour, kitchen_id, machine_id, arepa_type; metrics in their own units.

    Returns:
        The number of rows written.

    Raises:
        InputError: The file cannot be written.
    """
    with Warehouse(settings.warehouse_path) as warehouse:
        # Programs ask for each kitchen in turn: one without readings is a file without rows.
        for unknown in find_unknown(warehouse, machine=request.machine, kitchen=request.kitchen):
            logger.warning("%s", unknown)
        means = warehouse.frame(
            HOURLY_MEANS.format(
                means=",\n    ".join(MEAN.format(metric=metric) for metric in settings.metrics)
            ),
            {
                "start": request.start,
                "end": request.end,
                "kitchen": request.kitchen,
                "machine": request.machine,
                "phase": request.phase,
                "arepa_types": list(read_arepa_types(settings.arepa_types_file)),
            },
        )
    out = request.out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with put_whole(out) as unfinished:
            _harmless(means).to_csv(unfinished, index=False)
    except OSError as error:
        raise InputError(f"OUT={out}: cannot be written ({error})") from error
    logger.info("wrote %d hourly rows to %s", len(means), request.out)
    return len(means)
