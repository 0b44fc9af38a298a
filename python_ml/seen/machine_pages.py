"""What a machine's page shows: predictions, history, stops, and the data of its charts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from python_ml.seen.morning import Morning, PlannedMachine, planned_machine
from python_ml.seen.outcomes import outcomes_by_day
from python_ml.seen.pages import records
from python_ml.seen.published import Published
from python_ml.seen.watching import DriftingGauge, drifting_gauges
from python_ml.seen.week import Week

HISTORY_DAYS = 30
STOP_COUNT = 40
SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True)
class TypePrediction:
    """What one arepa type's model says of a machine today."""

    arepa_type: str
    status: str
    decision: str
    probability: float | None
    threshold: float | None
    reasons: str | None
    reason_details: str | None


@dataclass(frozen=True)
class PastDecision:
    """A morning's decision about a machine.

    Attributes:
        outcome: What became of it, as in rpt_outcomes_daily; None if an older file does not say.
        answers: The names of the texts of that day's stops.
    """

    day: date
    decision: str
    blocked_by: str | None
    probability: float | None
    outcome: str | None
    answers: tuple[str, ...]


@dataclass(frozen=True)
class MachinePage:
    """Everything on one machine's page.

    Attributes:
        curve: Days ahead, the last of them, and the risk up to its end; nothing where that is not
            known.
        week: What is planned for the machine in the days after.
        chart_data: As `charts.js` reads it, for JSON.
    """

    machine: PlannedMachine
    predictions: list[TypePrediction]
    history: list[PastDecision]
    stops: list[dict[str, Any]]
    drifting: list[DriftingGauge]
    chart_metrics: list[str]
    curve: list[tuple[int, date, float]]
    week: Week
    has_health: bool
    chart_data: dict[str, Any]


def machine_pages(published: Published, morning: Morning) -> Iterator[MachinePage]:
    """Yield the page of each machine of the newest plan."""
    if morning.plan_date is None:
        return
    names = published.names_of_types()
    metrics = published["rpt_machine_metrics_daily"]
    chart_metrics = [name.removesuffix("_mean") for name in metrics if name.endswith("_mean")]
    by_machine = {
        name: _by_machine(published[name])
        for name in (
            "rpt_maintenance_plan_daily",
            "rpt_predictions",
            "rpt_machine_metrics_daily",
            "rpt_machine_stops",
            "rpt_outcomes_daily",
            "rpt_machine_curves_daily",
            "rpt_machine_health_daily",
        )
    }
    drifting = drifting_gauges(published)
    for machine in morning.machines:
        plan, predictions, metrics, all_stops, outcomes, curves, health = (
            rows.get(machine.machine_id, pd.DataFrame()) for rows in by_machine.values()
        )
        stops = records(all_stops)[::-1]
        yield MachinePage(
            machine=machine,
            predictions=_predictions(predictions, machine, morning.plan_date),
            history=_history(plan, stops, outcomes),
            stops=stops[:STOP_COUNT],
            drifting=[gauge for gauge in drifting if gauge.machine_id == machine.machine_id],
            chart_metrics=chart_metrics if len(metrics) else [],
            curve=_curve(curves, morning.plan_date),
            week=morning.week.of_machines([machine.machine_id]),
            has_health=len(health) > 0,
            chart_data=_chart_data(
                machine, morning.plan_date, names, chart_metrics, (metrics, predictions, stops)
            )
            | {"health": _health_series(health, morning.plan_date)},
        )


def _by_machine(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    if frame.empty:
        return {}
    return {str(machine_id): rows for machine_id, rows in frame.groupby("machine_id", sort=False)}


def _predictions(
    predictions: pd.DataFrame, machine: PlannedMachine, day: date
) -> list[TypePrediction]:
    """Today's predictions, the worst first."""
    if predictions.empty:
        return []
    today = predictions[predictions["as_of_date"] == pd.Timestamp(day)]
    today = today.sort_values("failure_probability", ascending=False, na_position="last")
    return [
        TypePrediction(
            arepa_type=row["arepa_type"],
            status=row["status"],
            decision=machine.decision,
            probability=row["failure_probability"],
            threshold=machine.threshold,
            reasons=row["reasons"],
            reason_details=row.get("reason_details"),
        )
        for row in records(today)
    ]


def _history(
    plan: pd.DataFrame, stops: list[dict[str, Any]], outcomes: pd.DataFrame
) -> list[PastDecision]:
    """Past decisions, the newest first."""
    became = outcomes_by_day(outcomes)
    answers: dict[date, list[str]] = {}
    for stop in stops:
        answers.setdefault(stop["started_at"].date(), []).append(_answer(stop))
    history = []
    for row in records(plan.tail(HISTORY_DAYS).iloc[::-1]):
        machine, day = planned_machine(row), row["as_of_date"].date()
        history.append(
            PastDecision(
                day=day,
                decision=machine.decision,
                blocked_by=machine.blocked_by,
                probability=machine.probability,
                outcome=became.get(day),
                answers=tuple(dict.fromkeys(answers.get(day, ()))),
            )
        )
    return history


def _answer(stop: dict[str, Any]) -> str:
    """Name the text that says what came of a stop."""
    return f"finding.{stop['finding']}" if stop["finding"] else f"kind.{stop['kind']}"


def _curve(curves: pd.DataFrame, day: date) -> list[tuple[int, date, float]]:
    if curves.empty:
        return []
    today = curves[curves["as_of_date"] == pd.Timestamp(day)]
    pairs = zip(today["days_ahead"].tolist(), today["failure_probability"].tolist(), strict=True)
    return [(ahead, day + timedelta(days=ahead - 1), risk) for ahead, risk in pairs]


def _chart_data(
    machine: PlannedMachine,
    day: date,
    names: dict[str, str],
    chart_metrics: list[str],
    rows: tuple[pd.DataFrame, pd.DataFrame, list[dict[str, Any]]],
) -> dict[str, Any]:
    metrics, predictions, stops = rows
    risks = {} if predictions.empty else dict(iter(predictions.groupby("arepa_type")))
    by_type = {} if metrics.empty else dict(iter(metrics.groupby("arepa_type")))
    worst = max(
        by_type,
        key=lambda arepa_type: _last_risk(risks.get(arepa_type)),
        default=None,
    )
    since = pd.Timestamp(day - timedelta(days=90))
    return {
        "today": day.isoformat(),
        "threshold": machine.threshold,
        "worst": worst,
        "types": {
            str(arepa_type): {"name": names.get(str(arepa_type), str(arepa_type))}
            | _series(of_type, chart_metrics, day)
            | {"risk": _risk_series(risks.get(arepa_type), day)}
            for arepa_type, of_type in by_type.items()
        },
        "stops": [
            {"kind": stop["kind"], "at": stop["started_at"].isoformat()}
            for stop in stops
            if stop["started_at"] >= since and stop["finding"] not in {"postponed", "not_inspected"}
        ],
    }


def _series(rows: pd.DataFrame, chart_metrics: list[str], today: date) -> dict[str, Any]:
    """The days of one arepa type; days are counted back from today."""
    return {
        "days": _days_back(rows["measured_date"], today),
        "faulty": _rounded(rows["faulty_reading_ratio"]),
        "metrics": {
            metric: {
                "low": _rounded(rows[f"{metric}_normal_low"].iloc[:1])[0],
                "high": _rounded(rows[f"{metric}_normal_high"].iloc[:1])[0],
                "mean": _rounded(rows[f"{metric}_mean"]),
                "min": _rounded(rows[f"{metric}_min"]),
                "max": _rounded(rows[f"{metric}_max"]),
            }
            for metric in chart_metrics
        },
    }


def _days_back(days: pd.Series, today: date) -> list[int]:
    return (pd.Timestamp(today) - days).dt.days.tolist()


def _risk_series(predictions: pd.DataFrame | None, today: date) -> list[list[Any]]:
    if predictions is None:
        return []
    known = predictions[predictions["failure_probability"].notna()]
    days = _days_back(known["as_of_date"], today)
    risks = known["failure_probability"].round(3).tolist()
    return [list(pair) for pair in zip(days, risks, strict=True)]


def _health_series(health: pd.DataFrame, today: date) -> list[list[Any]]:
    if health.empty:
        return []
    days = _days_back(health["as_of_date"], today)
    bands = health[["health_index", "health_lower", "health_upper"]].round(3).to_numpy().tolist()
    return [[back, *band] for back, band in zip(days, bands, strict=True)]


def _last_risk(predictions: pd.DataFrame | None) -> float:
    if predictions is None:
        return -1
    last = predictions["failure_probability"].iloc[-1]
    return -1 if pd.isna(last) else float(last)


def _rounded(values: pd.Series) -> list[float | None]:
    return [
        None if value != value else float(f"{value:.{SIGNIFICANT_DIGITS}g}")
        for value in values.astype(float).tolist()
    ]
