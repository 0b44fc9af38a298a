"""`arepas daily` and `arepas backfill`: the steps of a morning, in their order."""

import logging
from dataclasses import replace
from datetime import date, timedelta

from python_ml import errors
from python_ml.demo.files import (
    DEMO_DAYS,
    DEMO_KITCHENS,
    DEMO_SEED,
    DemoFleet,
    read_demo_fleet,
    write_demo_data,
)
from python_ml.engines.marts import find_later_morning
from python_ml.engines.transform import Transformer
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, NoSuchMorningError
from python_ml.files import holds_files
from python_ml.lifecycle.promote import lacks_models
from python_ml.lifecycle.retrain import retrain
from python_ml.morning.build import build
from python_ml.morning.orders import make_orders
from python_ml.morning.publish import publish
from python_ml.morning.score import score
from python_ml.morning.standing import tell_plan
from python_ml.morning.week_plan import make_week_plans
from python_ml.run.record import PARTLY_DONE, Run, was_aborted
from python_ml.seen.digest import send_digests
from python_ml.seen.notify import one_line
from python_ml.seen.published import read_newest_plan_date
from python_ml.seen.report import DAILY_REPORT, run_report
from python_ml.seen.site import build_site
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

DEMO_PAST_DAYS = 28
NEWEST_PLAN = "select max(as_of_date) from bi.rpt_maintenance_plan_daily"


def daily(settings: Settings, run: Run) -> None:
    """Run a whole morning: load, build, score, plan, publish, then tell people.

    Where RAW_DATA_DIR is not set and there are no raw files, the demo fleet is made and its first
    models are trained, so that the first command shows the real thing. Where the plan fails, what
    was published before stays in place, and people are told all the same.

    Raises:
        NoSuchMorningError: No readings lie before that past morning; pages stay as they are.
        PartlyDoneError: The plan is published, but not every type could be scored, or not
            everybody could be told.
        ArepasError: There is no new plan.
    """
    failure = None
    try:
        _make_plan(settings, run)
    except NoSuchMorningError:
        raise  # of a mistyped day nobody waits to be told
    except Exception as error:
        failure = error
    _tell(settings, run, failure)
    if failure is not None:
        raise failure
    run.raise_problems()


def _make_plan(settings: Settings, run: Run) -> None:
    """The steps up to the published plan; the first that fails stops the rest."""
    # Asked at the beginning: a run may go on over midnight.
    makes_orders = _makes_orders(settings, run.as_of)
    demo_fleet = _demo_fleet_of(settings, run.as_of)
    if demo_fleet is not None and _lacks_days(settings, demo_fleet, run.as_of):
        write_demo_data(settings, demo_fleet, as_of=run.as_of)
    transformer = build(settings, run)
    _check_mornings(settings, run.as_of, run.as_of, asked="AS_OF")
    first = run.as_of
    if demo_fleet is not None:
        first = _first_morning(settings, demo_fleet, run.as_of)
        if lacks_models(settings) or was_aborted(settings, "promote"):
            retrain(settings, replace(run, as_of=first))
    _score_and_publish(settings, transformer, run, first=first, makes_orders=makes_orders)


def _makes_orders(settings: Settings, as_of: date) -> bool:
    """Whether a morning's stops become orders by themselves: today's do, a past one's do not."""
    if not settings.orders_url:
        return False
    is_past = as_of < date.today()  # noqa: DTZ011
    if is_past:
        logger.info(
            "the morning of %s is past, so no orders are made of its plan; `make orders AS_OF=%s`"
            " makes them",
            as_of,
            as_of,
        )
    return not is_past


def _check_mornings(settings: Settings, first: date, last: date, *, asked: str) -> None:
    """Refuse past days that have nothing to plan: an empty plan would take the place of today's.

    A new fleet's first morning has no features, either; it is today's, which is never refused.
    """
    with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
        later = [
            find_later_morning(warehouse, day, today=date.today())  # noqa: DTZ011
            for day in (first, last)
        ]
    if None not in later:
        raise NoSuchMorningError(
            f"{asked}={last}: no machine was heard in the weeks before it; give a day from"
            f" {later[-1]} on, or deliver the readings before it"
        )


def _first_morning(settings: Settings, fleet: DemoFleet, as_of: date) -> date:
    """The morning from which a demo is scored: a past one until it was published once.

    Its models are trained on that morning, so none knows its own past, and history, outcomes and
    trends are there at first sight. A fleet that is younger than the demo's needs all of its days
    to learn from.
    """
    is_young = as_of - fleet.started_on < timedelta(days=DEMO_DAYS)
    if is_young or settings.bi_path.exists():
        return as_of
    return as_of - timedelta(days=DEMO_PAST_DAYS)


def _tell(settings: Settings, run: Run, failure: Exception | None) -> None:
    """The steps that tell people; each is attempted, whatever became of those before it."""
    if failure is None:
        tell_plan(settings, run)
        with run.attempt("report"):
            run_report(
                settings, DAILY_REPORT, as_of=run.as_of, parameters={"as_of": str(run.as_of)}
            )
    told = None if failure is None else one_line(errors.one_line(failure))
    with run.attempt("site"):
        build_site(settings, as_of=run.as_of, failure=told)
    with run.attempt("digest") as step:
        step.row_count = send_digests(
            settings, as_of=run.as_of, failure=told, not_done=run.problems
        )


def backfill(settings: Settings, run: Run, *, first: date) -> None:
    """Score and plan past mornings up to the run's, each as if it had been run on its day.

    Page, digest and report are made anew and tell the newest morning that is planned, as the
    published file does; nothing is sent.

    Raises:
        InputError: The days are the wrong way round, or nothing lies before them.
        PartlyDoneError: Not every type could be scored.
    """
    if run.as_of < first:
        raise InputError(f"TO={run.as_of} lies before FROM={first}; swap them")
    transformer = build(settings, run)
    _check_mornings(settings, first, run.as_of, asked="TO")
    _score_and_publish(settings, transformer, run, first=first)
    newest = read_newest_plan_date(settings) or run.as_of
    silent = settings.model_copy(update={"notify_urls": ()})
    _tell(silent, replace(run, as_of=newest), None)
    run.raise_problems()


def _demo_fleet_of(settings: Settings, as_of: date) -> DemoFleet | None:
    """The demo fleet that the raw folder holds or, being the demo's own and empty, is to hold.

    Where a warehouse knows files already, no invented readings may stand beside them.
    """
    known = read_demo_fleet(settings)
    is_empty = settings.is_demo and not holds_files(settings.raw_data_dir)
    if known is not None or not is_empty or _has_loaded_files(settings):
        return known
    started_on = as_of - timedelta(days=DEMO_DAYS)
    return DemoFleet(DEMO_KITCHENS, DEMO_SEED, settings.metrics, started_on)


def _lacks_days(settings: Settings, fleet: DemoFleet, as_of: date) -> bool:
    """Whether a morning is to write a fleet's files: those of the demo's own folder, or none yet.

    Any other folder is somebody's own once its fleet is whole: `make demo-data` alone writes there.
    """
    if fleet.written_to is None:
        return True
    return settings.is_demo and fleet.written_to < as_of


def _has_loaded_files(settings: Settings) -> bool:
    if not settings.warehouse_path.exists():
        return False
    with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
        return warehouse.has_table("raw", "files") and bool(
            warehouse.value("select count(*) from raw.files")
        )


def _score_and_publish(
    settings: Settings,
    transformer: Transformer,
    run: Run,
    *,
    first: date,
    makes_orders: bool = False,
) -> None:
    with run.step("score") as step:
        scored = score(settings, run_id=run.run_id, first=first, last=run.as_of)
        step.row_count = sum(scored.status_counts.values())
        step.message = "; ".join(scored.problems) or None
        step.status = PARTLY_DONE if scored.problems else step.status
        run.problems += scored.problems
    with run.step("plan"):
        transformer.build_risks()
        make_week_plans(settings, first=first, last=run.as_of)
        transformer.build_reports()
    if makes_orders:
        with run.attempt("orders") as step:
            step.row_count = make_orders(settings, run)
            transformer.build_order_numbers()
    with run.step("publish") as step:
        status = PARTLY_DONE if run.problems else "complete"
        with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
            newest = warehouse.value(NEWEST_PLAN)
        step.row_count = publish(
            settings, run_id=run.run_id, as_of=newest or run.as_of, status=status
        )
    if settings.publish_url is not None:
        # Only here: its driver brings Polars along.
        from python_ml.engines.postgres import copy_published

        with run.attempt("publish to server") as step:
            step.row_count = copy_published(settings.bi_path, settings.publish_url)
