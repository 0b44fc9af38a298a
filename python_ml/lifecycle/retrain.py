"""`arepas retrain`: what the two-monthly job does, and the first morning of a demo."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import PartlyDoneError
from python_ml.lifecycle.decision_terms import find_changed_costs
from python_ml.lifecycle.model_report import report_models
from python_ml.lifecycle.promote import promote
from python_ml.lifecycle.train import train
from python_ml.metric_names import read_metric_names
from python_ml.modelling import MonitoringSettings
from python_ml.run.record import Run, Step
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# A training changes nothing about the weeks before it.
REST = timedelta(days=28)
WORSE = """
with newest as (
    select *
    from bi.rpt_model_performance_rolling
    where model_role = 'champion' and window_days = 28 and as_of_date <= $as_of
    qualify dense_rank() over (order by as_of_date desc) <= $weeks
)
select newest.arepa_type, newest.model_version, count(*)
from newest
inner join bi.rpt_models as models
    on newest.arepa_type = models.arepa_type and newest.model_version = models.champion_version
where newest.is_worse_than_promised group by all having count(*) >= $worse order by all
"""
DRIFTING = """
select machine_id, metric, direction, drifting_since from bi.rpt_drift_daily
where
    is_alarm
    and drifting_since <= as_of_date - $days::integer
    and as_of_date = (select max(as_of_date) from bi.rpt_drift_daily where as_of_date <= $as_of)
order by machine_id, metric
"""
LATE = """
select max(changed_row_share) from bi.rpt_late_truth
where is_retrain_worth and noted_as_of_date <= $as_of
"""


def retrain_alone(settings: Settings, run: Run) -> None:
    """Retrain as a run of its own, which ends with what was only partly done.

    Raises:
        PartlyDoneError: Not every type could be trained or judged, or the report failed.
        ArepasError: Nothing could be trained or judged.
    """
    retrain(settings, run)
    run.raise_problems()


def retrain(settings: Settings, run: Run) -> None:
    """Train challengers, let them try for the champions' places, and write the model report.

    What was only partly done stands among the run's problems; a report that fails undoes nothing.

    Raises:
        ArepasError: Nothing could be trained or judged.
    """
    with _partly(run, "train") as step:
        step.row_count = len(train(settings, as_of=run.as_of))
    with _partly(run, "promote") as step:
        step.row_count = len(promote(settings, as_of=run.as_of))
    with run.attempt("model_report"):
        report_models(settings, as_of=run.as_of)


def retrain_if_due(settings: Settings, run: Run) -> None:
    """Retrain before its time where champions do worse, a gauge has drifted or much came late.

    Says why; whether a challenger takes the place is the gate's to say, as always.

    Raises:
        PartlyDoneError: Not every type could be trained or judged, or the report failed.
        ArepasError: Nothing could be trained or judged.
    """
    with Warehouse(settings.warehouse_path) as warehouse:
        reasons = find_reasons_to_retrain(warehouse, settings.monitoring, as_of=run.as_of)
    if not reasons:
        logger.info("no reason to retrain before its time")
        return
    for reason in reasons:
        logger.warning("time to retrain: %s", reason)
    retrain_alone(settings, run)


def find_reasons_to_retrain(
    warehouse: Warehouse, monitoring: MonitoringSettings, *, as_of: date
) -> list[str]:
    """Say what asks for a training, one line each.

    Within four weeks of the last one only costs do that were changed since.
    """
    if not warehouse.has_table("bi", "rpt_drift_daily"):
        return []
    trained = warehouse.value("select max(trained_as_of_date) from ml.model_versions")
    if trained is None:
        return []
    changed_costs = find_changed_costs(warehouse, as_of=as_of)
    if trained > as_of - REST:
        return changed_costs
    worse = warehouse.rows(
        WORSE, {"weeks": monitoring.weeks_watched, "worse": monitoring.weeks_worse, "as_of": as_of}
    )
    names = read_metric_names("en")
    drifting = warehouse.rows(DRIFTING, {"days": monitoring.drift_days, "as_of": as_of})
    late = None
    if warehouse.has_table("bi", "rpt_late_truth"):
        late = warehouse.value(LATE, {"as_of": as_of})
    return [
        *changed_costs,
        *(
            f"{arepa_type}: version {version} did worse than promised in {count} of the last"
            f" {monitoring.weeks_watched} weekly windows"
            for arepa_type, version, count in worse
        ),
        *(
            f"{machine_id}: {names[metric].name} has drifted {direction} since {since}"
            for machine_id, metric, direction, since in drifting
        ),
        *(
            f"{share:.0%} of a champion's training rows were changed by what came late"
            for share in [late]
            if share is not None
        ),
    ]


@contextmanager
def _partly(run: Run, name: str) -> Generator[Step]:
    """A step that goes on where only some arepa types failed; the run tells it at its end."""
    try:
        with run.step(name) as step:
            yield step
    except PartlyDoneError as error:
        run.problems.append(f"{name}: {error}")
