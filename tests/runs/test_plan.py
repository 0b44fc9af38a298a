"""The plan's SQL over the week's program, on many random kitchens: limits held, each block true."""

import re
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from python_ml.decisions.week import WEEK, Machine, Terms, plan_week
from python_ml.settings import PROJECT_DIR

MODELS = PROJECT_DIR / "models" / "marts" / "bi"
KITCHENS = 100
DAY = pd.Timestamp("2026-01-01")
# What a plan passes on and never decides by.
UNCERTAIN = (
    "probability_lower",
    "probability_upper",
    "health_index",
    "health_lower",
    "health_upper",
)
COSTS = ["expected_cost_today", "expected_cost_planned"]
RISKS = """
select
    risks.*,
    coalesce(calendar_interval - calendar_clock_value, 'infinity') as due_in_days,
    terms.breakdown_cost,
    terms.planned_stop_cost,
    terms.false_stop_cost
from rpt_machine_risks_daily as risks
inner join stg_ml__decision_terms as terms using (kitchen_id, phase, as_of_date)
order by machine_id
"""


def make_kitchens(seed: int) -> dict[str, pd.DataFrame]:
    """Kitchens of all kinds: machines that are down, blind or alone, no technicians, odd costs."""
    rng = np.random.default_rng(seed)
    machines, terms = [], []
    for number in range(KITCHENS):
        kitchen, slots = f"k{number}", int(rng.integers(0, 6))
        for phase in (1, 2, 3):
            count = int(rng.integers(0, 5))
            status = rng.choice(
                ["scored", "down", "no_data", "no_model"], count, p=[0.7, 0.1, 0.1, 0.1]
            )
            running = int(np.isin(status, ["scored", "no_model"]).sum() + rng.integers(0, 2))
            planned, more, false_stop = (
                rng.uniform(0, 500),
                rng.uniform(1, 3000),
                rng.uniform(1, 900),
            )
            terms.append((kitchen, phase, DAY, running, slots, planned + more, planned, false_stop))
            machines += [
                (
                    kitchen,
                    f"{kitchen}-{phase}-{place}",
                    rng.choice(["a1", "a2"]),
                    DAY,
                    said,
                    phase,
                    7,
                    round(float(rng.random()), 2) if said == "scored" else None,
                    "why",
                    "[]",
                    str(rng.integers(1, 4)),
                )
                for place, said in enumerate(status)
            ]
    versions = [
        (arepa_type, str(version), threshold)
        for arepa_type in ("a1", "a2")
        for version, threshold in ((1, 0.1), (2, 0.5))
    ]
    return {
        "rpt_predictions": pd.DataFrame(
            machines,
            columns=[
                *("kitchen_id", "machine_id", "arepa_type", "as_of_date", "status", "phase"),
                *("horizon_days", "failure_probability", "reasons", "reason_details"),
                "model_version",
            ],
        ).assign(**dict.fromkeys(UNCERTAIN, np.nan)),
        "stg_ml__decision_terms": pd.DataFrame(
            terms,
            columns=[
                *("kitchen_id", "phase", "as_of_date", "running_machine_count"),
                *("technician_slots", "breakdown_cost", "planned_stop_cost", "false_stop_cost"),
            ],
        ),
        "stg_ml__model_versions": pd.DataFrame(
            versions, columns=["arepa_type", "model_version", "stop_threshold_probability"]
        ),
        "stg_ml__calendar_terms": make_calendar_terms(machines, rng),
    }


def make_calendar_terms(machines: list[tuple], rng: np.random.Generator) -> pd.DataFrame:
    """A calendar decides for half the machines; a quarter of these it never stops."""
    rows = [
        (machine, arepa_type, day, "days_since_last_stop", *clock, float(rng.uniform(1, 900)))
        for _, machine, arepa_type, day, *_ in machines
        if rng.random() < 0.5
        for clock in [(float(rng.integers(0, 60)), 30.0 if rng.random() < 0.75 else None)]
    ]
    columns = ["machine_id", "arepa_type", "as_of_date", "clock", "clock_value"]
    return pd.DataFrame(rows, columns=[*columns, "interval_value", "stop_saving"])


def make_plan(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Run the models and the week's program themselves; the models' only Jinja is references."""
    machines = tables["rpt_predictions"][["machine_id", "kitchen_id", "phase"]]
    with duckdb.connect() as connection:
        connection.register("dim_machines", machines.assign(zone=None))
        connection.execute(
            "create table fct_machine_stops (machine_id varchar, started_at timestamp);"
            "create table stg_ml__work_orders (machine_id varchar, as_of_date timestamp,"
            " order_number varchar)"
        )
        for name, rows in tables.items():
            connection.register(name, rows)
        connection.execute(f"create table rpt_machine_risks_daily as {read_model('risks')}")
        risks = connection.execute(RISKS).df().assign(booked_in_days=lambda r: r.index % 70)
        of_morning = [read_machine(row) for row in risks.to_dict("records")]
        week = pd.DataFrame(plan_week(of_morning, DAY.date()))
        connection.register("stg_ml__week_plan", week.assign(as_of_date=DAY))
        plan = connection.execute(read_model("plan")).df()
        return plan.merge(week[["machine_id", *COSTS, "why_then"]], on="machine_id")


def read_machine(row: dict[str, Any]) -> Machine:
    """A machine whose days are all as dangerous; one of ten has a stop booked in its week."""
    risk, booked = row["failure_probability"], row["booked_in_days"]
    return Machine(
        machine_id=row["machine_id"],
        kitchen_id=row["kitchen_id"],
        phase=row["phase"],
        curve=None if np.isnan(risk) else tuple(1 - (1 - risk) ** (np.arange(1, 15) / 7)),
        threshold=row["stop_threshold_probability"],
        horizon_days=7,
        terms=Terms(
            running_machines=(row["running_machine_count"],) * WEEK,
            slots=(row["technician_slots"],) * WEEK,
            breakdown_cost=row["breakdown_cost"],
            planned_stop_cost=row["planned_stop_cost"],
            false_stop_cost=row["false_stop_cost"],
        ),
        due_in_days=row["due_in_days"] if row["decided_by"] == "calendar" else None,
        calendar_saving=row["expected_saving"],
        booked_on=(DAY + pd.Timedelta(days=booked)).date() if booked < WEEK else None,
        is_worth_stopping=row["is_worth_stopping"],
        may_stop_today=row["expected_saving"] > 0,
    )


def read_model(name: str) -> str:
    files = {"risks": "rpt_machine_risks_daily.sql", "plan": "rpt_maintenance_plan_daily.sql"}
    sql = re.sub(r"\{#.*?#\}", "", (MODELS / files[name]).read_text(), flags=re.DOTALL)
    return re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", sql)


def is_worth_stopping(plan: pd.DataFrame) -> pd.Series:
    """Say which machines whoever decides wants to stop."""
    is_wanted = np.where(
        plan["decided_by"] == "calendar",
        plan["calendar_clock_value"] >= plan["calendar_interval"],
        plan["failure_probability"] >= plan["stop_threshold_probability"],
    )
    return (plan["expected_saving"] > 0) & is_wanted


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_limits_hold_and_who_is_worth_a_stop_has_one_or_says_what_blocks_it(seed: int):
    plan = make_plan(make_kitchens(seed))
    is_stop, worth = plan["decision"] == "stop", is_worth_stopping(plan)
    assert (plan.loc[is_stop, "expected_saving"] > 0).all()
    assert (plan.loc[is_stop | ~worth, "blocked_by"].isna()).all()
    # Only who is booked for today, or waits though there were room, needs none.
    waiting_costs = plan["expected_cost_planned"] - plan["expected_cost_today"]
    assert (waiting_costs[worth & ~is_stop & plan["blocked_by"].isna()] <= 0).all()
    assert (waiting_costs[plan["blocked_by"].notna()] > 0).all()
    assert (plan["failure_probability"].isna() == (plan["decision"] == "blind")).all()
    assert set(plan["blocked_by"].dropna()) == {"last_running_machine", "technician_slots"}
    stops = is_stop.groupby([plan["kitchen_id"], plan["phase"]]).transform("sum")
    in_kitchen = is_stop.groupby(plan["kitchen_id"]).transform("sum")
    assert (stops[is_stop] < plan.loc[is_stop, "running_machine_count"]).all()
    assert (in_kitchen[is_stop] <= plan.loc[is_stop, "technician_slots"]).all()
    lacks_slot = plan["blocked_by"] == "technician_slots"
    assert lacks_slot.any()
    assert (stops[lacks_slot] + 1 < plan.loc[lacks_slot, "running_machine_count"]).all()
    left_out = waiting_costs.where(lacks_slot)
    next_slot = left_out.groupby(plan["kitchen_id"]).transform("max").fillna(0)
    assert (plan["next_slot_saving"] == next_slot).all()
