"""A published file of any size, made up: what pages, mails and BI tools read, without a run.

`tests/python_ml/seen/test_published.py` compares its columns with those that dbt documents, so that
it cannot drift from what a run publishes; a run's own file is shown in
`tests/runs/test_daily_run.py`.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd

TYPES = {"a1": "Arepa de maíz blanco", "a2": "Arepa de queso", "a3": "Arepa de chócolo"}
HORIZON_DAYS = 7
THRESHOLD = 1 / 6
SLOTS = 2
HOSTILE_MACHINE = '<img src=x onerror="document.title=1">;=2+3\r\nBcc: x@example.org'
HOSTILE_KITCHEN = "k'</script><script>document.title=2</script>"
HOSTILE_LINE = '"><svg onload=document.title=3>;;;'
REASONS = "metric 1 level of the last day 4, in the last 7 days 5"


@dataclass(frozen=True)
class PublishedFleet:
    """How large the made-up fleet is.

    Attributes:
        kitchens: Kitchens, `k01` and so on.
        machines: Machines in each of them.
        days: Days of metrics and predictions before the plan.
        is_hostile: Whether one more machine and kitchen bear names that would do harm.
    """

    as_of: date
    kitchens: int = 3
    machines: int = 6
    days: int = 90
    is_hostile: bool = False

    def names(self) -> list[tuple[str, str, str | None]]:
        """Kitchen, machine and zone of each machine."""
        names: list[tuple[str, str, str | None]] = [
            (f"k{kitchen:02}", f"k{kitchen:02}-p1-m{number}", f"zone_{kitchen % 3 + 1}")
            for kitchen in range(1, self.kitchens + 1)
            for number in range(1, self.machines + 1)
        ]
        if self.is_hostile:
            names.append((HOSTILE_KITCHEN, HOSTILE_MACHINE, None))
        return names


def write_published(path: Path, fleet: PublishedFleet) -> None:
    """Write the whole file; what the same fleet was written for last is not made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_make_published(fleet))


@lru_cache(maxsize=1)
def _make_published(fleet: PublishedFleet) -> bytes:
    rng = np.random.default_rng(7)
    predictions = _predictions(fleet, rng)
    plan = _plan(predictions)
    tables = {
        "rpt_predictions": predictions.drop(columns="zone"),
        "rpt_maintenance_plan_daily": plan,
        "rpt_machine_curves_daily": _curves(plan),
        "rpt_week_plan": _week(plan),
        "rpt_machine_health_daily": _health(plan),
        **_outcomes(plan),
        "rpt_machine_metrics_daily": _metrics(fleet, rng),
        "rpt_machine_stops": _stops(fleet, rng),
        **_models(fleet),
        **_data(fleet),
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "published.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema bi")
            for name, rows in tables.items():
                connection.register("made_up", rows)
                connection.execute(f"create table published.bi.{name} as select * from made_up")
                connection.unregister("made_up")
        return path.read_bytes()


def _days(fleet: PublishedFleet) -> list[pd.Timestamp]:
    return list(pd.date_range(end=pd.Timestamp(fleet.as_of), periods=fleet.days))


def _predictions(fleet: PublishedFleet, rng: np.random.Generator) -> pd.DataFrame:
    machines = pd.DataFrame(fleet.names(), columns=["kitchen_id", "machine_id", "zone"])
    machines["level"] = rng.normal(-2.6, 0.8, len(machines))
    rows = machines.merge(pd.DataFrame({"arepa_type": list(TYPES)}), how="cross")
    rows["level"] += rng.normal(0, 0.3, len(rows))
    rows = rows.merge(pd.DataFrame({"as_of_date": _days(fleet)}), how="cross")
    moved = rows["level"] + rng.normal(0, 0.25, len(rows))
    rows["failure_probability"] = 1 / (1 + np.exp(-moved))
    # The first machine of a kitchen is in danger, the second too; the last cannot be seen.
    rows.loc[rows["machine_id"].str.endswith(("-m1", "-m2", "-m3")), "failure_probability"] += 0.35
    rows["status"] = "scored"
    is_blind = rows["machine_id"] == f"k01-p1-m{fleet.machines}"
    rows.loc[is_blind, "failure_probability"] = None
    rows.loc[is_blind, "status"] = "no_data"
    rows.loc[(rows["arepa_type"] == "a3") & ~is_blind, "status"] = "pooled"
    rows["probability_lower"] = rows["failure_probability"] / 2
    rows["probability_upper"] = (1 + rows["failure_probability"]) / 2
    rows["health_index"] = rows["failure_probability"]
    rows["health_lower"], rows["health_upper"] = (
        rows["probability_lower"],
        rows["probability_upper"],
    )
    return rows.drop(columns="level").assign(
        model_role="champion",
        phase=1,
        horizon_days=HORIZON_DAYS,
        reasons=REASONS,
        reason_details=_reason_details(),
        model_name=[f"arepas__{arepa_type}" for arepa_type in rows["arepa_type"]],
        model_version="3",
        feature_hash="0123456789ab",
        code_version="test",
        run_id="test",
        scored_at=datetime.combine(fleet.as_of, datetime.min.time()),
    )


def _curves(plan: pd.DataFrame) -> pd.DataFrame:
    newest = plan[plan["failure_probability"].notna()]
    newest = newest[newest["as_of_date"] == newest["as_of_date"].max()]
    rows = newest[["kitchen_id", "machine_id", "as_of_date"]].assign(arepa_type="a1")
    days = pd.DataFrame({"days_ahead": range(1, 15)})
    rows = rows.assign(risk=newest["failure_probability"].clip(upper=0.99)).merge(days, how="cross")
    left = (1 - rows["risk"]) ** (rows["days_ahead"] / HORIZON_DAYS)
    return rows.drop(columns="risk").assign(failure_probability=1 - left)


def _health(plan: pd.DataFrame) -> pd.DataFrame:
    known = plan[plan["failure_probability"].notna()]
    rows = known[["kitchen_id", "machine_id", "as_of_date", "phase"]]
    index = known["failure_probability"].clip(0, 1)
    return rows.assign(health_index=index, health_lower=index / 2, health_upper=(1 + index) / 2)


def _week(plan: pd.DataFrame) -> pd.DataFrame:
    """Today's stops, and in two days what the slots leave out, a day later than was promised."""
    is_stop, is_later = plan["decision"] == "stop", plan["blocked_by"].notna()
    day = plan["as_of_date"]
    columns = ["kitchen_id", "machine_id", "zone", "as_of_date", "phase"]
    return plan[columns].assign(
        planned_date=day.where(is_stop, (day + pd.Timedelta(days=2)).where(is_later)),
        promised_date=(day + pd.Timedelta(days=1)).where(is_later),
        why_then=np.select([is_stop, is_later], ["on_today_s_plan", "better_day_full"], "blind"),
        failure_probability_today=plan["failure_probability"],
        expected_cost_today=300.0 + 100 * plan["failure_probability"],
        expected_cost_planned=310.0 + 100 * plan["failure_probability"],
    )


def _reason_details() -> str:
    details = {
        "feature": "metric_1_mean_1d",
        "words_key": "mean_1d",
        "metric": "metric_1",
        "direction": "down",
        "value": 4.0,
        "reference": 5.0,
        "change_ratio": -0.2,
        "risk": "up",
    }
    return json.dumps([details])


def _plan(predictions: pd.DataFrame) -> pd.DataFrame:
    worst = predictions.sort_values(
        ["failure_probability", "arepa_type"], ascending=[False, True], na_position="last"
    ).drop_duplicates(["machine_id", "as_of_date"])
    plan = worst.assign(
        expected_saving=worst["failure_probability"] * 2400 - 400,
        saving_of_waiting=(THRESHOLD - worst["failure_probability"]) * 2400 / worst["horizon_days"],
        stop_threshold_probability=THRESHOLD,
        running_machine_count=6,
        technician_slots=SLOTS,
    ).sort_values(["as_of_date", "expected_saving"], ascending=[True, False], na_position="last")
    place = plan.groupby(["as_of_date", "kitchen_id"]).cumcount()
    is_worth = plan["expected_saving"] > 0
    plan["decision"] = np.select(
        [plan["failure_probability"].isna(), is_worth & (place < SLOTS), is_worth],
        ["blind", "stop", "watch"],
        "run",
    )
    plan["blocked_by"] = np.where(
        plan["decision"] == "watch", "technician_slots", pd.Series(None, plan.index, dtype=object)
    )
    is_stop = plan.sort_values("as_of_date").groupby("machine_id")["decision"]
    plan["days_on_plan"] = is_stop.transform(_days_in_a_row)
    plan["order_number"] = np.where(
        plan["decision"] == "stop", "WO-" + plan["machine_id"].str[-1], None
    )
    plan = plan.assign(
        decided_by="model",
        calendar_clock=pd.Series(None, plan.index, dtype="string"),
        calendar_clock_value=np.nan,
        calendar_interval=np.nan,
    )
    order = plan["decision"].map({"stop": 0, "watch": 1, "blind": 2, "run": 3})
    plan = plan.assign(order=order).sort_values(["as_of_date", "order"], kind="stable")
    plan["rank"] = plan.groupby("as_of_date").cumcount() + 1
    best = plan[plan["blocked_by"].notna()].groupby(["as_of_date", "kitchen_id"])["expected_saving"]
    plan = plan.merge(best.max().rename("next_slot_saving").reset_index(), how="left")
    columns = [
        "kitchen_id", "machine_id", "zone", "as_of_date", "status", "decision", "blocked_by",
        "reasons", "reason_details", "phase", "horizon_days", "failure_probability",
        "probability_lower", "probability_upper",
        "stop_threshold_probability", "expected_saving", "saving_of_waiting", "days_on_plan",
        "decided_by", "calendar_clock", "calendar_clock_value", "calendar_interval",
        "order_number",
        "next_slot_saving", "rank", "running_machine_count", "technician_slots",
    ]  # fmt: skip
    return plan[columns]


def _days_in_a_row(decisions: pd.Series) -> pd.Series:
    is_stop = decisions == "stop"
    return is_stop.groupby((~is_stop).cumsum()).cumsum()


def _outcomes(plan: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every second day with stops found faults, the others nothing; alarms never end.

    On some days each machine that was to run broke down.
    """
    outcomes = plan[["kitchen_id", "machine_id", "as_of_date", "decision", "failure_probability"]]
    is_pending = plan["as_of_date"] > plan["as_of_date"].max() - timedelta(days=HORIZON_DAYS)
    is_stop = (plan["decision"] == "stop") & ~is_pending & (plan["as_of_date"].dt.day % 9 == 0)
    is_fault = is_stop & (plan["as_of_date"].dt.day % 18 == 0)
    is_broken = (plan["decision"] == "run") & ~is_pending & (plan["as_of_date"].dt.day % 9 == 4)
    stopped_at = plan["as_of_date"] + timedelta(hours=7)
    outcomes = outcomes.assign(
        outcome=np.select(
            [is_pending, is_fault, is_stop, is_broken],
            ["pending", "stopped_fault_found", "stopped_nothing_found", "breakdown"],
            "ran_through",
        ),
        horizon_end_date=plan["as_of_date"] + timedelta(days=HORIZON_DAYS),
        breakdown_at=stopped_at.where(is_broken),
        stopped_at=stopped_at.where(is_stop),
        is_counted_stop=is_stop,
        saving=np.where(is_fault, 2000.0, -400.0),
        saving_variance=1e6,
        breakdown_cost=2400.0,
    )
    outcomes.loc[~is_stop, ["saving", "saving_variance"]] = None
    alarming = plan[plan["decision"].isin(["stop", "watch"])]
    episodes = (
        alarming.groupby(["kitchen_id", "machine_id"], as_index=False)
        .agg(opened_on=("as_of_date", "min"), worst_probability=("failure_probability", "max"))
        .assign(closed_on=pd.NaT, state="open", ended_by=None)
        .assign(answered_at=pd.NaT, warning_hours=float("nan"))
    )
    stops = outcomes[is_stop].assign(month=outcomes["as_of_date"].dt.to_period("M").dt.start_time)
    savings = (
        stops.groupby("month", as_index=False)
        .agg(stop_count=("saving", "size"), saving=("saving", "sum"))
        .assign(
            kitchen_id="all",
            fault_found_count=1,
            nothing_found_count=1,
            breakdown_count=2,
            warned_breakdown_count=1,
            warning_hours_mean=54.0,
            saving_calendar=None,
        )
    )
    for bound, margin in (("lower", -1500.0), ("upper", 1500.0)):
        savings[f"saving_{bound}"] = savings["saving"] + margin
        savings[f"saving_{bound}_calendar"] = None
    return {
        "rpt_outcomes_daily": outcomes,
        "rpt_alarm_episodes": episodes.astype({"ended_by": "str"}),
        "rpt_savings_monthly": savings,
        "rpt_sensor_health_daily": _gauges(plan),
        "rpt_drift_daily": _drift(plan),
        "rpt_late_truth": _late(plan),
    }


def _gauges(plan: pd.DataFrame) -> pd.DataFrame:
    """One gauge of the most endangered machine is stuck for two days, another's is noisy."""
    days = plan["as_of_date"].max() - pd.to_timedelta([1, 0], unit="D")
    newest = plan[plan["as_of_date"] == days[-1]].sort_values("rank")
    machines = newest[["kitchen_id", "machine_id"]].head(2)
    machines = machines.assign(
        metric=["metric_1", "metric_2"][: len(machines)],
        grade=["low", "medium"][: len(machines)],
        reason=["stuck", "noise"][: len(machines)],
        since=days[0],
    )
    return machines.merge(pd.DataFrame({"as_of_date": days}), how="cross")


def _drift(plan: pd.DataFrame) -> pd.DataFrame:
    """The most endangered machine's metric 1 has drifted for ten days."""
    newest = plan[plan["as_of_date"] == plan["as_of_date"].max()].sort_values("rank")
    return newest[["kitchen_id", "machine_id", "as_of_date"]].assign(
        metric="metric_1",
        is_alarm=[True] + [False] * (len(newest) - 1),
        direction="up",
        drifting_since=newest["as_of_date"] - pd.Timedelta(days=10),
    )


def _late(plan: pd.DataFrame) -> pd.DataFrame:
    """Two stops were logged late, and one interval was taken back the day before."""
    newest = plan["as_of_date"].max()
    return pd.DataFrame(
        {
            "fact_id": ["1", "2", "3"],
            "noted_as_of_date": [newest, newest, newest - pd.Timedelta(days=1)],
            "noted_at": newest,
            "machine_id": plan["machine_id"].iloc[0],
            "source_table": ["maintenance_events", "maintenance_events", "faulty_intervals"],
            "change": ["added", "added", "taken_back"],
            "changed_row_share": [0.02, 0.06, None],
            "is_retrain_worth": [False, True, False],
        }
    )


def _metrics(fleet: PublishedFleet, rng: np.random.Generator) -> pd.DataFrame:
    machines = pd.DataFrame(fleet.names(), columns=["kitchen_id", "machine_id", "zone"])
    machines = machines[machines["machine_id"] != f"k01-p1-m{fleet.machines}"]
    days = pd.DataFrame({"measured_date": [day - timedelta(days=1) for day in _days(fleet)]})
    rows = (
        machines.drop(columns="zone")
        .merge(pd.DataFrame({"arepa_type": list(TYPES)}), how="cross")
        .merge(days, how="cross")
        .assign(phase=1)
    )
    for metric, level, spread in (("metric_1", 180.0, 6.0), ("metric_2", 0.42, 0.03)):
        mean = rng.normal(level, spread, len(rows))
        rows[f"{metric}_mean"] = mean
        rows[f"{metric}_min"] = mean - 2 * spread
        rows[f"{metric}_max"] = mean + 2 * spread
        rows[f"{metric}_normal_low"] = level - 1.6 * spread
        rows[f"{metric}_normal_high"] = level + 1.6 * spread
    rows["reading_count"] = 40
    rows["faulty_reading_count"] = np.where(rng.random(len(rows)) < 0.04, 20, 0)
    rows["faulty_reading_ratio"] = rows["faulty_reading_count"] / (
        rows["faulty_reading_count"] + rows["reading_count"]
    )
    return rows


def _stops(fleet: PublishedFleet, rng: np.random.Generator) -> pd.DataFrame:
    findings = ["fault_found", "nothing_found", "postponed", "not_inspected", None]
    rows = []
    for kitchen_id, machine_id, _ in fleet.names():
        for number in range(4):
            day = fleet.as_of - timedelta(days=int(rng.integers(1, 22)) + 22 * number)
            started_at = datetime.combine(day, datetime.min.time()) + timedelta(hours=7)
            kind = "breakdown" if number % 2 else "planned"
            rows.append(
                {
                    "kitchen_id": kitchen_id,
                    "machine_id": machine_id,
                    "kind": kind,
                    "started_at": started_at,
                    "ended_at": started_at + timedelta(hours=2),
                    "is_open": False,
                    "finding": findings[int(rng.integers(0, 5))] if kind == "planned" else None,
                    "components": "drive_belt",
                }
            )
    return pd.DataFrame(rows)


def _models(fleet: PublishedFleet) -> dict[str, pd.DataFrame]:
    since = pd.Timestamp(fleet.as_of - timedelta(days=40))
    models = [
        {
            "arepa_type": arepa_type,
            "model_name": f"arepas__{arepa_type}",
            "champion_version": "3",
            "champion_since_date": since,
            "challenger_version": "4",
            "trained_as_of_date": since,
            "fitted_from_date": since - timedelta(days=500),
            "fitted_to_date": since - timedelta(days=7),
            "stop_threshold_probability": THRESHOLD,
        }
        for arepa_type in TYPES
    ]
    costs = {"model": 41.2, "run_to_failure": 77.5, "calendar": 63.9, "previous_champion": 44.0}
    backtest = [
        {
            "arepa_type": arepa_type,
            "model_version": "3",
            "policy": policy,
            "metric": "cost_per_machine_day",
            "backtest_date": since,
            "value": cost,
            "lower_value": cost - 4,
            "upper_value": cost + 4,
        }
        for arepa_type in ["all", *TYPES]
        for policy, cost in costs.items()
    ]
    calibration = [
        {
            "arepa_type": arepa_type,
            "model_version": "3",
            "bin": number,
            "backtest_date": since,
            "predicted_mean": 0.04 * number + 0.02,
            "observed_ratio": 0.037 * number + 0.03,
            "row_count": 400 - 40 * number,
        }
        for arepa_type in TYPES
        for number in range(8)
    ]
    performance = [
        {
            "arepa_type": arepa_type,
            "as_of_date": day,
            "model_name": f"arepas__{arepa_type}",
            "model_version": "3",
            "machine_count": fleet.kitchens * fleet.machines,
            "breakdown_count": 1,
            "expected_breakdowns": 0.07 * fleet.kitchens * fleet.machines / HORIZON_DAYS,
            "failure_probability_mean": 0.07,
            "brier_score": 0.05,
        }
        for arepa_type in TYPES
        for day in _days(fleet)[: max(1, fleet.days - HORIZON_DAYS)]
    ]
    now = [
        {
            "arepa_type": arepa_type,
            "model_role": "champion",
            "model_name": f"arepas__{arepa_type}",
            "model_version": "3",
            "as_of_date": _days(fleet)[-1] - timedelta(days=HORIZON_DAYS + 7 * week),
            "window_days": 28,
            "status": "known" if breakdowns >= 5 else "too_few_breakdowns",
            "is_worse_than_promised": breakdowns == 6,
            "morning_count": 28 * fleet.kitchens * fleet.machines,
            "breakdown_count": breakdowns,
            "caught_count": breakdowns - 2,
            "caught_share_lower": 0.4,
            "caught_share_upper": 0.8,
            "false_stops_per_machine_month": 0.25,
            "false_stops_per_machine_month_lower": 0.15,
            "false_stops_per_machine_month_upper": 0.4,
            "failure_probability_mean": 0.07,
            "breakdown_share": 0.065,
            "breakdown_share_lower": 0.04,
            "breakdown_share_upper": 0.09,
            "average_precision": 0.61,
            "average_precision_lower": 0.5,
            "average_precision_upper": 0.72,
            "brier_score": 0.05,
            "brier_score_lower": 0.04,
            "brier_score_upper": 0.06,
        }
        for breakdowns, arepa_type in enumerate(TYPES, 4)
        for week in range(2)
    ]
    promotions = [
        {
            "arepa_type": arepa_type,
            "decided_at": since + timedelta(hours=4),
            "as_of_date": since,
            "verdict": "promote",
            "from_version": "2",
            "to_version": "3",
            "decided_by": "make promote",
            "mode": "gate",
            "reason": "costs less in the back-test",
        }
        for arepa_type in TYPES
    ]
    types = [
        {
            "arepa_type": arepa_type,
            "arepa_type_name": name,
            "is_modelled": True,
            "is_listed": True,
            "batch_count": 900,
        }
        for arepa_type, name in TYPES.items()
    ]
    return {
        "rpt_models": pd.DataFrame(models),
        "rpt_model_backtest": pd.DataFrame(backtest),
        "rpt_model_calibration": pd.DataFrame(calibration),
        "rpt_model_performance_daily": pd.DataFrame(performance),
        "rpt_model_performance_rolling": pd.DataFrame(now),
        "rpt_promotion_history": pd.DataFrame(promotions),
        "rpt_arepa_types": pd.DataFrame(types),
    }


def _data(fleet: PublishedFleet) -> dict[str, pd.DataFrame]:
    at_five = datetime.combine(fleet.as_of, datetime.min.time()) + timedelta(hours=5)
    freshness = [
        {
            "kitchen_id": kitchen_id,
            "as_of_date": pd.Timestamp(fleet.as_of),
            "last_measured_at": at_five - timedelta(hours=6),
            "reading_count_1d": 40 * fleet.machines,
            "reading_count_7d": 280 * fleet.machines,
            "machine_count": fleet.machines,
            "silent_machine_count": 3 * int(kitchen_id == "k01"),
            "rejected_machine_count": int(kitchen_id == "k01"),
        }
        for kitchen_id in dict.fromkeys(name[0] for name in fleet.names())
    ]
    checks = [
        {
            "as_of_date": pd.Timestamp(fleet.as_of),
            "check_name": "silent_machines",
            "subject": "k01",
            "severity": "mark",
            "value": 1.0,
            "limit_value": 0.0,
            "message": "1 machine has sent nothing for 7 days",
        }
    ]
    ledger = [
        {
            "source_table": table,
            "source_file": f"{table}.csv",
            "lines_read": 1000,
            "rows_kept": 990,
            "rows_duplicate": 6,
            "rows_quarantined": 4,
            "is_present": True,
            "loaded_at": at_five,
        }
        for table in ("batch_registry", "cooking_metrics", "machines", "maintenance_events")
    ]
    line = HOSTILE_LINE if fleet.is_hostile else "2026-13-01T00:00:00;k01-p1-m1;b1;1,5;2"
    rejected = [
        {
            "source_table": "cooking_metrics",
            "source_file": "cooking_metrics.csv",
            "source_line": 17,
            "raw_line": line,
            "reason": "bad_timestamp",
            "loaded_at": at_five,
        }
    ]
    reasons = [{"source_table": "cooking_metrics", "reason": "bad_timestamp", "row_count": 4}]
    steps = [
        {
            "run_id": "test",
            "step": step,
            "as_of_date": pd.Timestamp(fleet.as_of),
            "started_at": at_five,
            "ended_at": at_five + timedelta(seconds=12),
            "duration_s": 12.0,
            "row_count": 100,
            "status": "done",
            "message": None,
        }
        for step in ("load", "build", "score", "plan")
    ]
    publication = [
        {
            "run_id": "test",
            "as_of_date": pd.Timestamp(fleet.as_of),
            "published_at": at_five + timedelta(minutes=2),
            "code_version": "test",
            "status": "done",
            "currency": "USD",
        }
    ]
    return {
        "rpt_kitchen_freshness_daily": pd.DataFrame(freshness),
        "rpt_data_checks_daily": pd.DataFrame(checks),
        "rpt_file_ledger": pd.DataFrame(ledger),
        "rpt_rejected_rows": pd.DataFrame(rejected),
        "rpt_rejected_reasons": pd.DataFrame(reasons),
        "rpt_runs": pd.DataFrame(steps).astype({"message": object}),
        "publication": pd.DataFrame(publication),
    }
