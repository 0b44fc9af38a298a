"""What the pages of the site show, as plain values for the templates; no input or output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from python_ml.modelling import ALL_TYPES
from python_ml.seen.languages import Language
from python_ml.seen.morning import Morning, days_before, sort_names
from python_ml.seen.published import Published

PLAN_COLUMNS = (
    ("rank", "number"),
    ("machine", "text"),
    ("decision", "number"),
    ("kitchen", "text"),
    ("zone", "text"),
    ("risk", "number"),
    ("saving", "number"),
)
POLICIES = ("model", "previous_champion", "calendar", "run_to_failure")
COST = "cost_per_machine_day"
NEWEST_FILES = 100
NEWEST_RUNS = 60
EXAMPLES = 5
COVERAGE_DAYS = 28
CHART_WORDS = (
    "low", "high", "mean", "min", "max", "day", "faulty", "risk", "threshold",
    "predicted", "observed", "breakdown", "planned", "type", "all_types",
    "health",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """A back-tested cost for each machine and day, with the range of its uncertainty."""

    value: float
    lower: float | None
    upper: float | None


def index_values(morning: Morning) -> dict[str, Any]:
    """What *Today* shows beside the morning itself."""
    return {
        "next_slots": morning.next_slots(),
        "columns": PLAN_COLUMNS,
    }


def models_values(published: Published, morning: Morning) -> dict[str, Any]:
    """What *Models* shows: versions, costs, calibration, outcomes, promotions."""
    calibration = _calibration(published)
    return {
        "models": _models(published, morning),
        "policies": POLICIES,
        "backtest": _backtest(published["rpt_model_backtest"]),
        "has_calibration": bool(calibration),
        "calibration": calibration,
        "performance": _performance(_mature(published, morning)),
        "now": _performance_now(published, morning),
        "promotions": records(published["rpt_promotion_history"]),
    }


def data_values(published: Published, morning: Morning) -> dict[str, Any]:
    """What *Data* shows: freshness, ledger, quarantine, coverage, runs."""
    ledger = published["rpt_file_ledger"]
    freshness = published["rpt_kitchen_freshness_daily"]
    if not freshness.empty:
        freshness = freshness[freshness["as_of_date"] == freshness["as_of_date"].max()]
    places = {name: place for place, name in enumerate(sort_names(freshness.get("kitchen_id", ())))}
    days, coverage = _coverage(published["rpt_machine_metrics_daily"], morning)
    return {
        "freshness": sorted(records(freshness), key=lambda row: places[row["kitchen_id"]]),
        # Files go by when they were loaded, so a past morning's page has those of today.
        "files_of": None if published.newest_as_of == published.as_of else published.newest_as_of,
        "ledger_totals": _ledger_totals(ledger),
        "ledger": records(ledger.head(NEWEST_FILES)),
        "has_quarantine": not published["rpt_file_ledger"].empty,
        "rejected": _rejected(published),
        "coverage_days": days,
        "coverage": coverage,
        "runs": records(published["rpt_runs"].head(NEWEST_RUNS)),
    }


def chart_words(language: Language) -> dict[str, Any]:
    """The words that the charts need, as their scripts read them."""
    return {name: language.text(f"chart.{name}") for name in CHART_WORDS} | {
        "kind": language.text("column.kind")
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dictionaries, with None for what is missing."""
    rows = []
    for row in frame.to_dict("records"):
        rows.append({str(name): None if pd.isna(value) else value for name, value in row.items()})
    return rows


def _models(published: Published, morning: Morning) -> list[dict[str, Any]]:
    """One entry per arepa type that has, had or should have a model."""
    predictions = published["rpt_predictions"]
    today = predictions
    if not predictions.empty and morning.plan_date is not None:
        today = predictions[predictions["as_of_date"] == pd.Timestamp(morning.plan_date)]
    counts = {} if today.empty else today.groupby("arepa_type")["machine_id"].nunique().to_dict()
    known = {row["arepa_type"]: row for row in records(published["rpt_models"])}
    used = {}
    if not today.empty:
        scored = today.dropna(subset="model_version")
        used = dict(zip(scored["arepa_type"], scored["model_version"], strict=True))
    entries = []
    for arepa_type in sorted(known.keys() | counts.keys()):
        row = known.get(arepa_type, {})
        since = row.get("champion_since_date")
        is_later = since is None or since.date() > published.as_of
        version = used.get(arepa_type) or (None if is_later else row["champion_version"])
        # The row may tell of a version that was taken into use later, or never.
        story = row if version and version == row.get("champion_version") else {}
        entries.append(
            {
                "arepa_type": arepa_type,
                "version": version,
                "since": story.get("champion_since_date"),
                "fitted_from": story.get("fitted_from_date"),
                "fitted_to": story.get("fitted_to_date"),
                "threshold": story.get("stop_threshold_probability"),
                "machine_count": counts.get(arepa_type, 0),
            }
        )
    return entries


def _backtest(backtest: pd.DataFrame) -> list[dict[str, Any]]:
    """One entry per arepa type, all types together first."""
    if backtest.empty:
        return []
    costs = backtest[(backtest["metric"] == COST) & backtest["policy"].isin(POLICIES)]
    rows: dict[str, dict[str, Cost]] = {}
    for row in records(costs):
        if row["value"] is not None:
            by_policy = rows.setdefault(str(row["arepa_type"]), {})
            by_policy[row["policy"]] = Cost(row["value"], row["lower_value"], row["upper_value"])
    return [
        {
            "arepa_type": arepa_type,
            "costs": by_policy,
            "best": min(by_policy, key=lambda policy: by_policy[policy].value),
        }
        for arepa_type, by_policy in sorted(
            rows.items(), key=lambda item: (item[0] != ALL_TYPES, item)
        )
    ]


def _calibration(published: Published) -> list[dict[str, Any]]:
    """One entry per arepa type, all types together first and without a name, for the charts."""
    calibration, names = published["rpt_model_calibration"], published.names_of_types()
    if calibration.empty:
        return []
    calibration = calibration.dropna(subset=["predicted_mean", "observed_ratio"])
    is_together = calibration["arepa_type"] == ALL_TYPES
    parts = [calibration[is_together], calibration[~is_together]]
    return [
        {
            "name": None if arepa_type == ALL_TYPES else names.get(str(arepa_type), arepa_type),
            "top": max(0.1, float(bins[["predicted_mean", "observed_ratio"]].max(axis=None))),
            "bins": [
                {
                    "predicted": float(row["predicted_mean"]),
                    "observed": float(row["observed_ratio"]),
                    "rows": int(row["row_count"]),
                }
                for row in bins.to_dict("records")
            ],
        }
        for part in parts
        for arepa_type, bins in part.groupby("arepa_type")
    ]


def _mature(
    published: Published, morning: Morning, table: str = "rpt_model_performance_daily"
) -> pd.DataFrame:
    """The days whose outcome was known on the morning."""
    performance = published[table]
    if performance.empty or morning.horizon_days is None:
        return performance
    newest = pd.Timestamp(published.as_of) - pd.Timedelta(days=morning.horizon_days)
    return performance[performance["as_of_date"] <= newest]


def _performance_now(published: Published, morning: Morning) -> list[dict[str, Any]]:
    """One entry per arepa type and role: the newest four weeks that were known on the morning."""
    windows = _mature(published, morning, "rpt_model_performance_rolling")
    if windows.empty:
        return []
    newest = windows[windows["as_of_date"] == windows["as_of_date"].max()]
    return records(newest)


def _performance(performance: pd.DataFrame) -> list[dict[str, Any]]:
    """One entry per arepa type and model version: expected against seen breakdowns.

    Not of versions that a lost registry had: their numbers are those of others.
    """
    if performance.empty:
        return []
    counts = ["machine_count", "expected_breakdowns", "breakdown_count"]
    # What an older run published does not say it.
    is_lost = performance.get("is_version_lost", pd.Series(False, performance.index))
    there = performance[~is_lost.astype(bool)]
    totals = there.groupby(["arepa_type", "model_version"], as_index=False)[counts].sum()
    return records(totals)


def _ledger_totals(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    """One entry per kind of file."""
    if ledger.empty:
        return []
    counts = ["lines_read", "rows_kept", "rows_duplicate", "rows_quarantined"]
    totals = ledger.groupby("source_table")[counts].sum()
    totals["file_count"] = ledger.groupby("source_table").size()
    return records(totals.reset_index())


def _rejected(published: Published) -> list[dict[str, Any]]:
    """One entry per kind of file and reason, with examples."""
    examples = published["rpt_rejected_rows"]
    rejected = []
    for row in records(published["rpt_rejected_reasons"]):
        of_reason = examples
        if not examples.empty:
            of_reason = examples[
                (examples["source_table"] == row["source_table"])
                & (examples["reason"] == row["reason"])
            ]
        rejected.append(row | {"examples": records(of_reason.head(EXAMPLES))})
    return rejected


def _coverage(
    metrics: pd.DataFrame, morning: Morning
) -> tuple[Sequence[date], list[Mapping[str, Any]]]:
    """Share of each kitchen's machines with reliable readings, day by day."""
    if metrics.empty or morning.plan_date is None:
        return [], []
    days = days_before(morning.plan_date, COVERAGE_DAYS + 1)[:-1]
    machine_counts = metrics.groupby("kitchen_id")["machine_id"].nunique()
    seen = (
        metrics[metrics["reading_count"] > 0]
        .groupby(["kitchen_id", "measured_date"])["machine_id"]
        .nunique()
    )
    rows: list[Mapping[str, Any]] = []
    for kitchen_id in sort_names(machine_counts.index):
        machine_count = machine_counts[kitchen_id]
        shares = [seen.get((kitchen_id, pd.Timestamp(day)), 0) / machine_count for day in days]
        rows.append(
            {"kitchen_id": kitchen_id, "shares": shares, "share": sum(shares) / len(shares)}
        )
    return days, rows
