"""How we model: the tables of `settings.toml`, where the meaning of each key is written beside it.

Plain frozen dataclasses, so that pure code takes them without what reads and checks them
(`settings.py`).
"""

from dataclasses import dataclass
from datetime import time
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Le

# What stands for all arepa types together in tables and on pages, so that no type is called so.
ALL_TYPES = "all"

Count = Annotated[int, Ge(1)]
Share = Annotated[float, Ge(0), Le(1)]


class _Table:
    # `settings.py` refuses a key that is none of these.
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True)
class TrainingSettings(_Table):
    """How models are fitted.

    Attributes:
        window_days: Days of mornings before the holdout that a model is fitted on.
        holdout_days: Newest mornings, kept apart to compare models.
        minimum_rows: Fewest rows to fit a model on.
        minimum_breakdowns: Fewest rows with a breakdown to fit a model on.
        seed: Seed of everything random.
        estimator: The class of each type's estimator, a dotted path (docs/estimators.md).
    """

    window_days: Count
    holdout_days: Count
    minimum_rows: Count
    minimum_breakdowns: Count
    seed: int
    estimator: str


@dataclass(frozen=True)
class BacktestSettings(_Table):
    """How the past is replayed.

    Attributes:
        refit_days: Days from one training to the next.
        refit_count: How many trainings before the newest are replayed.
    """

    refit_days: Count
    refit_count: Count


@dataclass(frozen=True)
class PromotionSettings(_Table):
    """What a challenger has to show.

    Attributes:
        margin: Share of the champion's cost that it has to save.
        minimum_breakdowns: Fewest breakdowns to compare two models on.
    """

    margin: Share
    minimum_breakdowns: Count


@dataclass(frozen=True)
class MonitoringSettings(_Table):
    """What is watched after a training, and when it is time for the next.

    Attributes:
        false_drift_alarms_per_month: How often drift may be told of the fleet where there is none.
        weeks_watched: Newest weekly windows of a champion that are looked at.
        weeks_worse: So many of them worse than promised ask for a training.
        drift_days: So many mornings of drift in a row ask for one, too.
        late_truth_share: So large a share of a champion's training rows, changed since by what came
            late, asks for one as well.
    """

    false_drift_alarms_per_month: Annotated[float, Gt(0)]
    weeks_watched: Count
    weeks_worse: Count
    drift_days: Count
    late_truth_share: Annotated[float, Gt(0)]


@dataclass(frozen=True)
class Check(_Table):
    """A check of a morning's data whose limit is a variable.

    Attributes:
        severity: `stop` ends the day before scoring, `mark` writes the finding down.
    """

    severity: Literal["stop", "mark"]


@dataclass(frozen=True)
class ShareCheck(Check):
    """A check of a share, 0 to 1: over its limit there is a finding."""

    limit: Share


@dataclass(frozen=True)
class ReadingsCheck(ShareCheck):
    """A check of machines that cook while they are down: after how many days the readings win."""

    readings_win_days: Count


@dataclass(frozen=True)
class TimeCheck(Check):
    """A check of the local time: after its deadline there is a finding."""

    deadline: time


@dataclass(frozen=True)
class DataChecks(_Table):
    """The checks of a morning's data, named as in `bi.rpt_data_checks_daily`."""

    quarantine_share: Check
    kind_share: Check
    nothing_kept: Check
    held_kitchens: Check
    late_share: ShareCheck
    missing_kitchens: ShareCheck
    silent_machines: ShareCheck
    unheard_machines: ShareCheck
    rejected_machines: ShareCheck
    faulty_machines: ShareCheck
    long_faults: ShareCheck
    cooking_while_down: ReadingsCheck
    unlogged_machines: ShareCheck
    contradicting_readings: ShareCheck
    no_value_codes: ShareCheck
    tenfold_readings: ShareCheck
    reset_clocks: ShareCheck
    lost_places: ShareCheck
    shared_machines: ShareCheck
    ambiguous_batches: ShareCheck
    other_letter_case: ShareCheck
    unreadable_files: ShareCheck
    lacking_metrics: ShareCheck
    published_late: TimeCheck


@dataclass(frozen=True)
class DataCheck:
    """A limit of what a morning's data may look like.

    Attributes:
        name: The check, as in `bi.rpt_data_checks_daily`.
        severity: `stop` ends the day before scoring, `mark` writes the finding down.
        limit: Share, 0 to 1, over which there is a finding.
    """

    name: str
    severity: str
    limit: float
