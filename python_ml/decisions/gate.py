"""The gate: whether a challenger has earned the champion's place; pure, no input or output.

It compares in money, on mornings that neither model was fitted on, paired by machine and morning.
Beside the models stands the best calendar that was known before these mornings: where the models'
stops do not save against it, all types together, the calendar decides. What the gate cannot judge
it raises, and whoever asks keeps the champion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from python_ml.decisions.calendar import (
    NEVER_STOPS,
    Calendar,
    choose_calendars,
    cost_by_machine,
    phases_of,
)
from python_ml.decisions.cost_replay import (
    Costs,
    Outcome,
    compute_ratio,
    costs_of_machines,
    replay_stops,
    sample_machines,
)
from python_ml.decisions.machine_log import Flags, Floats, MachineLog, build_log
from python_ml.learning.columns import LABEL
from python_ml.learning.evaluate import compute_metrics
from python_ml.modelling import PromotionSettings

PROMOTE, KEEP, NOT_ENOUGH_EVIDENCE = "promote", "keep", "not enough evidence"


@dataclass(frozen=True)
class Contestant:
    """What the gate needs of a model.

    Attributes:
        version: Its version.
        fitted_to: The last morning that it was fitted on; its label looks one horizon further.
        horizon_days: How far ahead it predicts.
        threshold: The probability from which on it stops a machine; None for break-even.
        breakdown_share: The share of breakdowns among the rows that it was fitted on.
        probabilities: What it predicts for the rows of the contest, by their index; those that are
            judged, as of `choose_unseen`, will do.
    """

    version: str
    fitted_to: date
    horizon_days: int
    threshold: float | None
    breakdown_share: float
    probabilities: pd.Series


@dataclass(frozen=True)
class Contest:
    """Two models of one arepa type, and what happened.

    Attributes:
        challenger: The one that would become champion.
        champion: The one that is; None before the first.
        rows: Labelled mornings; columns machine_id, phase, as_of_date, has_breakdown and, for
            calendars, the clocks.
        stops: The maintenance log; columns machine_id, kind, started_at, ended_at.
        costs: The seed maintenance_costs; one row per phase.
        horizon_days: How far labels look ahead.
    """

    challenger: Contestant
    champion: Contestant | None
    rows: pd.DataFrame
    stops: pd.DataFrame
    costs: pd.DataFrame
    horizon_days: int


@dataclass(frozen=True)
class Ruling:
    """What a model's stops saved in a phase against a calendar.

    A machine has several types, and one of the two decides for all of them: on a morning that is
    asked of the phase, over all types' models.

    Attributes:
        version: The model's version; None for where there is no model.
        phase: The phase.
        calendar: The best that was known before the mornings that were judged.
        saving: What the model's stops saved against it on all these mornings, in money; None
            without a model.
        machine_days: On how many machine-days that was judged.
    """

    version: str | None
    phase: int
    calendar: Calendar
    saving: float | None
    machine_days: float

    @property
    def decides(self) -> bool:
        """Whether the calendar would decide, were this the only type."""
        return self.calendar.clock is not None if self.saving is None else self.saving <= 0


@dataclass(frozen=True)
class Verdict:
    """What the gate says, the sentence with the figures that led to it, the figures, and rulings.

    There are no rulings where nothing could be judged: those before go on.
    """

    verdict: str
    reason: str
    figures: Mapping[str, float]
    rulings: tuple[Ruling, ...] = ()


def compare(contest: Contest, rules: PromotionSettings, seed: int) -> Verdict:
    """Decide whether the challenger takes the champion's place.

    It does if it costs less per machine-day by more than the margin, and the bootstrap interval of
    the difference, by machine, lies above zero. A first champion has to beat running to failure in
    cost and the share of breakdowns as a prediction. Whoever is champion, its rulings say what its
    stops saved in each phase against the best calendar that was known before these mornings.

    Raises:
        ValueError: Something does not fit together, so that nothing can be judged.
    """
    rows = unseen_rows(contest)
    _check(contest, rows)
    breakdown_rows = int(rows[LABEL].sum())
    if not 0 < breakdown_rows < len(rows):
        reason = f"{len(rows)} unseen rows, with breakdowns and without needed"
        return Verdict(NOT_ENOUGH_EVIDENCE, reason, {"row_count": len(rows)})
    log = build_log(rows, contest.stops, contest.horizon_days)
    breakdowns = int(log.breakdown_counts.sum())
    needed = rules.minimum_breakdowns if contest.champion else 1
    if breakdowns < needed:
        reason = f"{breakdowns} breakdowns in {len(rows)} unseen rows, {needed} needed"
        return Verdict(NOT_ENOUGH_EVIDENCE, reason, {"breakdown_count": breakdowns})
    costs = costs_of_machines(rows, contest.costs, log)
    cost_of = {
        contestant.version: _cost_by_machine(contestant, rows, log, costs)
        for contestant in _contestants(contest)
    }
    judged = _Judged(rows, log, costs)
    return _rule(_judge(contest, cost_of, judged, rules, seed), contest, cost_of, judged)


@dataclass(frozen=True)
class _Judged:
    """What contestants are judged on: unseen mornings, what happened, what it costs."""

    rows: pd.DataFrame
    log: MachineLog
    costs: Costs


def _judge(
    contest: Contest,
    cost_of: Mapping[str, Floats],
    judged: _Judged,
    rules: PromotionSettings,
    seed: int,
) -> Verdict:
    rows, log, costs = judged.rows, judged.log, judged.costs
    challenger_cost = cost_of[contest.challenger.version]
    if contest.champion is None:
        rival, rival_cost = "running to failure", log.breakdown_counts * costs.breakdown
    else:
        rival = f"champion version {contest.champion.version}"
        rival_cost = cost_of[contest.champion.version]
    samples = sample_machines(len(log.machine_ids), seed)
    saving, low, high = compute_ratio(rival_cost - challenger_cost, log.machine_days, samples)
    rival_mean = float(rival_cost.sum() / log.machine_days.sum())
    breakdowns = int(log.breakdown_counts.sum())
    figures = {
        "challenger_cost_per_machine_day": rival_mean - saving,
        "rival_cost_per_machine_day": rival_mean,
        "saving_per_machine_day": saving,
        "saving_lower": low,
        "saving_upper": high,
        "breakdown_count": float(breakdowns),
        "machine_days": float(log.machine_days.sum()),
    }
    reason = (
        f"{rival_mean - saving:.2f} a machine-day against {rival_mean:.2f} of {rival}: saves"
        f" {saving:.2f} ({low:.2f} to {high:.2f}) on {len(rows)} unseen machine-days with"
        f" {breakdowns} breakdowns from {pd.to_datetime(rows['as_of_date']).min().date()} on"
    )
    if contest.champion is None:
        return _judge_first(contest.challenger, rows, reason, figures)
    if not saving > rules.margin * rival_mean:
        return Verdict(KEEP, reason, figures)
    if not low > 0:
        return Verdict(NOT_ENOUGH_EVIDENCE, f"{reason}; the interval reaches zero", figures)
    return Verdict(PROMOTE, reason, figures)


def _rule(
    verdict: Verdict,
    contest: Contest,
    cost_of: Mapping[str, Floats],
    judged: _Judged,
) -> Verdict:
    """Add what each of the models, or none, saved against the calendar of each phase."""
    rows, log, costs = judged.rows, judged.log, judged.costs
    calendars = _calendars_known_before(contest, rows)
    calendar_cost = cost_by_machine(calendars, rows, log, costs)
    phases = phases_of(rows, log)
    rulings = []
    for phase, calendar in calendars.items():
        is_here = phases == phase
        machine_days = float(log.machine_days[is_here].sum())
        rulings.append(Ruling(None, phase, calendar, None, machine_days))
        for version, cost in cost_of.items():
            saving = float(calendar_cost[is_here].sum() - cost[is_here].sum())
            rulings.append(Ruling(version, phase, calendar, saving, machine_days))
    told = [
        f"in phase {ruling.phase} {_tell(ruling)} {ruling.calendar}, which cost"
        f" {_mean_of(calendar_cost, log, phases == ruling.phase):.2f} a machine-day"
        for ruling in rulings
        if ruling.decides and ruling.version == _holder(verdict, contest)
    ]
    return replace(verdict, reason="; ".join([verdict.reason, *told]), rulings=tuple(rulings))


def _tell(ruling: Ruling) -> str:
    """Say what a ruling means for its type, up to the calendar's name."""
    return "its stops save nothing against" if ruling.version else "machines without a model go by"


def _holder(verdict: Verdict, contest: Contest) -> str | None:
    """Name the version that is champion after a verdict; None where none is."""
    if verdict.verdict == PROMOTE:
        return contest.challenger.version
    return contest.champion.version if contest.champion else None


def _mean_of(cost: Floats, log: MachineLog, is_meant: Flags) -> float:
    return float(cost[is_meant].sum() / log.machine_days[is_meant].sum())


def _calendars_known_before(contest: Contest, rows: pd.DataFrame) -> dict[int, Calendar]:
    """Choose calendars by what was known on the first of the judged mornings, for their phases."""
    start = pd.to_datetime(rows["as_of_date"]).min()
    is_known = pd.to_datetime(contest.rows["as_of_date"]) + timedelta(
        days=contest.horizon_days
    ) <= pd.Timestamp(start)
    stops = contest.stops[contest.stops["started_at"] < start]
    chosen = choose_calendars(contest.rows[is_known], stops, contest.costs, contest.horizon_days)
    return {int(phase): chosen.get(int(phase), NEVER_STOPS) for phase in sorted(set(rows["phase"]))}


def unseen_rows(contest: Contest) -> pd.DataFrame:
    """Keep the rows that neither model was fitted on, nor on labels that reach into them."""
    last_known = max(contestant.fitted_to for contestant in _contestants(contest))
    return choose_unseen(contest.rows, last_known, contest.horizon_days)


def choose_unseen(rows: pd.DataFrame, last_known: date, horizon_days: int) -> pd.DataFrame:
    """Keep the rows from a horizon after the last morning on that any model was fitted on."""
    start = last_known + timedelta(days=horizon_days)
    return rows[pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(start)]


def _contestants(contest: Contest) -> list[Contestant]:
    return [contest.challenger, *([contest.champion] if contest.champion else [])]


def _check(contest: Contest, rows: pd.DataFrame) -> None:
    for contestant in _contestants(contest):
        if contestant.horizon_days != contest.horizon_days:
            raise ValueError(
                f"version {contestant.version} looks {contestant.horizon_days} days ahead, the"
                f" labels {contest.horizon_days}"
            )
        said = contestant.probabilities.reindex(rows.index).to_numpy(float)
        if not np.all((said >= 0) & (said <= 1)):
            raise ValueError(f"version {contestant.version} predicts what is no probability")


def _cost_by_machine(
    contestant: Contestant, rows: pd.DataFrame, log: MachineLog, costs: Costs
) -> Floats:
    """What the contestant's stops would have cost; shape (M,)."""
    threshold = costs.break_even[:, None] if contestant.threshold is None else contestant.threshold
    said = log.spread(rows, contestant.probabilities.loc[rows.index])
    outcome: Outcome = replay_stops(log, (said >= threshold)[None])
    return outcome.compute_costs(log, costs)[0]


def _judge_first(
    challenger: Contestant, rows: pd.DataFrame, reason: str, figures: dict[str, float]
) -> Verdict:
    labels = rows[LABEL].to_numpy(bool)
    said = challenger.probabilities.loc[rows.index].to_numpy(float)
    score = compute_metrics(labels, said)["brier_score"]
    naive_score = compute_metrics(labels, np.full(len(rows), challenger.breakdown_share))[
        "brier_score"
    ]
    figures |= {"brier_score": score, "naive_brier_score": naive_score}
    reason += f"; Brier score {score:.4f} against {naive_score:.4f} of the share of breakdowns"
    earned = figures["saving_per_machine_day"] > 0 and score < naive_score
    return Verdict(PROMOTE if earned else KEEP, reason, figures)
