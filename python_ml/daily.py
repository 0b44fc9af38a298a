"""`arepas daily` and `arepas backfill`: the steps of a morning, in their order."""

import logging
from datetime import UTC, date, datetime, timedelta

from python_ml.demo import (
    DEMO_DAYS,
    DEMO_KITCHENS,
    DEMO_SEED,
    DemoFleet,
    has_raw_files,
    read_demo_fleet,
    write_demo_data,
)
from python_ml.errors import InputError, PartlyDoneError
from python_ml.load import load
from python_ml.marts import read_unlisted_types
from python_ml.plan import print_plan
from python_ml.promote import has_champions, promote
from python_ml.score import score
from python_ml.settings import Settings
from python_ml.train import train
from python_ml.transform import Transformer
from python_ml.warehouse import Warehouse, publish_schema

logger = logging.getLogger(__name__)


def daily(settings: Settings, *, as_of: date) -> None:
    """Run a whole morning: load, build, score, plan, publish, print.

    An empty raw folder gets the demo fleet and its first models, so that the first command shows
    the real thing.

    Raises:
        PartlyDoneError: The plan is published, but not every type could be scored.
        ArepasError: The morning stopped; what was published before is in place.
    """
    demo_fleet = _demo_fleet_of(settings, as_of)
    if demo_fleet is not None and (demo_fleet.written_to is None or demo_fleet.written_to < as_of):
        write_demo_data(settings, demo_fleet, as_of=as_of)
    transformer = build(settings, as_of=as_of)
    if demo_fleet is not None and not has_champions(settings):
        train(settings, as_of=as_of)
        promote(settings, as_of=as_of)
    _score_and_publish(settings, transformer, first=as_of, last=as_of)


def backfill(settings: Settings, *, first: date, last: date) -> None:
    """Score and plan past mornings, each as if it had been run on its day.

    Raises:
        InputError: The days are the wrong way round.
        PartlyDoneError: Not every type could be scored.
    """
    if last < first:
        raise InputError(f"TO={last} lies before FROM={first}; swap them")
    _score_and_publish(settings, build(settings, as_of=last), first=first, last=last)


def build(settings: Settings, *, as_of: date) -> Transformer:
    """Load the raw files and build everything up to the features."""
    load(settings, run_id=run_id_of(as_of), as_of=as_of)
    transformer = Transformer(settings)
    transformer.build_features()
    with Warehouse(settings.warehouse_path) as warehouse:
        for arepa_type in read_unlisted_types(warehouse):
            logger.warning(
                "%s cooks but is on no list, so it is not modelled: add it to"
                " seeds/arepa_types.csv or to the file AREPA_TYPES",
                arepa_type,
            )
    return transformer


def run_id_of(as_of: date) -> str:
    """Name a run: its morning and when it started."""
    return f"{as_of:%Y%m%d}-{datetime.now(UTC):%Y%m%dT%H%M%S}"


def _demo_fleet_of(settings: Settings, as_of: date) -> DemoFleet | None:
    """The demo fleet that the raw folder holds or, being empty, is to hold."""
    if has_raw_files(settings):
        return read_demo_fleet(settings)
    started_on = as_of - timedelta(days=DEMO_DAYS)
    return DemoFleet(DEMO_KITCHENS, DEMO_SEED, settings.metrics, started_on)


def _score_and_publish(
    settings: Settings, transformer: Transformer, *, first: date, last: date
) -> None:
    scored = score(settings, run_id=run_id_of(last), first=first, last=last)
    transformer.build_reports()
    publish_schema(settings.warehouse_path, "bi", settings.bi_path)
    print_plan(settings, last)
    if scored.problems:
        raise PartlyDoneError("; ".join(scored.problems))
