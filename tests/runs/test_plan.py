"""No plan saves more: the plan's SQL against an integer program, on many random kitchens."""

import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

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
    """Run the models themselves; their only Jinja is references and comments."""
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
        return connection.execute(read_model("plan")).df()


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


def most_saving(kitchen: pd.DataFrame, slots: int) -> float:
    """The largest saving that the limits allow, by an integer program."""
    worth = kitchen[is_worth_stopping(kitchen)]
    if worth.empty:
        return 0.0
    limits, most = [np.ones(len(worth))], [float(slots)]
    for phase, running in worth.groupby("phase")["running_machine_count"].first().items():
        limits.append((worth["phase"] == phase).to_numpy(float))
        most.append(max(0.0, running - 1))
    found = milp(
        -worth["expected_saving"].to_numpy(),
        constraints=LinearConstraint(np.array(limits), ub=most),
        integrality=np.ones(len(worth)),
        bounds=(0, 1),
    )
    assert found.success
    return float(-found.fun)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_plan_within_the_limits_saves_more_and_the_next_slot_buys_what_it_says(seed: int):
    plan = make_plan(make_kitchens(seed))
    binding = 0
    for _, kitchen in plan.groupby("kitchen_id"):
        slots = int(kitchen["technician_slots"].iloc[0])
        saved = kitchen.loc[kitchen["decision"] == "stop", "expected_saving"].sum()
        best = most_saving(kitchen, slots)
        assert saved == pytest.approx(best)
        more = most_saving(kitchen, slots + 1) - best
        assert kitchen["next_slot_saving"].iloc[0] == pytest.approx(more, abs=1e-6)
        binding += more > 0
        stopped = kitchen[kitchen["decision"] == "stop"]
        assert len(stopped) <= slots
        left = stopped["running_machine_count"] - stopped.groupby("phase")["phase"].transform(
            "size"
        )
        assert (left >= 1).all()
    assert binding > KITCHENS / 10


def test_every_machine_worth_stopping_is_stopped_or_says_what_blocked_it():
    plan = make_plan(make_kitchens(4))
    worth = is_worth_stopping(plan)
    assert (plan.loc[plan["decision"] == "stop", "blocked_by"].isna()).all()
    assert (plan.loc[worth & (plan["decision"] != "stop"), "blocked_by"].notna()).all()
    assert (plan.loc[~worth, "blocked_by"].isna()).all()
    assert (plan.loc[plan["failure_probability"].isna(), "decision"] == "blind").all()
    assert set(plan["blocked_by"].dropna()) == {"last_running_machine", "technician_slots"}
    alone = plan[worth & (plan["running_machine_count"] <= 1)]
    assert len(alone) > 0
    assert (alone["blocked_by"] == "last_running_machine").all()
