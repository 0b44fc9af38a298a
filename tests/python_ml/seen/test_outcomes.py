"""What became of decisions: sums of pages and mails are those of the table."""

from datetime import date

import pandas as pd
import pytest

from python_ml.seen.outcomes import (
    NEWEST_STOPS,
    is_first_of_month,
    outcomes_by_day,
    savings_by_month,
    stops_made,
)
from python_ml.seen.published import Published
from tests.python_ml.seen.conftest import AS_OF, Change


def test_the_newest_stops_are_summed_up_with_what_they_found(published: Published):
    outcomes = published["rpt_outcomes_daily"]
    stops = outcomes[outcomes["is_counted_stop"]].sort_values(["stopped_at", "machine_id"])
    newest = stops.tail(NEWEST_STOPS)
    made = stops_made(published)
    assert made is not None
    assert made.count == NEWEST_STOPS < len(stops)
    assert made.fault_found == (newest["outcome"] == "stopped_fault_found").sum()
    assert made.nothing_found == (newest["outcome"] == "stopped_nothing_found").sum()
    assert made.saving == pytest.approx(newest["saving"].sum())
    breakdowns = outcomes.drop_duplicates(["machine_id", "breakdown_at"])
    meanwhile = breakdowns["breakdown_at"].between(
        newest["stopped_at"].min(), newest["stopped_at"].max()
    )
    luck = 2 * (breakdowns.loc[meanwhile, "breakdown_cost"] ** 2).sum()
    assert luck > 0
    variance = newest["saving_variance"].sum() + luck
    assert made.upper - made.saving == pytest.approx(1.645 * variance**0.5)
    assert made.lower + made.upper == pytest.approx(2 * made.saving)


def test_a_kitchen_is_told_of_its_own_stops(published: Published):
    outcomes = published["rpt_outcomes_daily"]
    own = outcomes[outcomes["is_counted_stop"] & (outcomes["kitchen_id"] == "k01")]
    made = stops_made(published, kitchen_id="k01")
    assert made is not None
    assert made.count == len(own) < NEWEST_STOPS
    assert made.saving == pytest.approx(own["saving"].sum())
    assert stops_made(published, kitchen_id="elsewhere") is None


@pytest.mark.parametrize("rows", [slice(0, 0), slice(None)])
def test_without_a_stop_that_was_made_there_is_nothing_to_sum(changed: Change, rows: slice):
    none_made = changed(
        rpt_outcomes_daily=lambda outcomes: outcomes.assign(is_counted_stop=False)[rows]
    )
    assert stops_made(none_made) is None


def test_months_come_newest_first_and_of_all_kitchens(changed: Change):
    def add_a_kitchen(savings: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([savings, savings.assign(kitchen_id="k01")])

    months = savings_by_month(changed(rpt_savings_monthly=add_a_kitchen))
    days = [row["month"] for row in months]
    assert days == sorted(set(days), reverse=True)
    assert {row["kitchen_id"] for row in months} == {"all"}
    assert savings_by_month(changed(rpt_savings_monthly=lambda rows: rows[:0])) == []


@pytest.mark.parametrize(
    ("days", "is_first"),
    [
        (["2026-11-20"], True),
        (["2026-10-31", "2026-11-20"], True),
        (["2026-11-01", "2026-11-20"], False),
        (["2026-11-19"], False),
    ],
)
def test_the_first_plan_of_a_month_looks_back(changed: Change, days: list[str], is_first: bool):
    def on_days(plan: pd.DataFrame) -> pd.DataFrame:
        of_one_day = plan[plan["as_of_date"] == pd.Timestamp(AS_OF)]
        return pd.concat([of_one_day.assign(as_of_date=pd.Timestamp(day)) for day in days])

    assert is_first_of_month(changed(rpt_maintenance_plan_daily=on_days)) is is_first


def test_outcomes_stand_at_their_mornings():
    rows = pd.DataFrame({"as_of_date": pd.to_datetime(["2026-11-01"]), "outcome": ["ran_through"]})
    assert outcomes_by_day(rows) == {date(2026, 11, 1): "ran_through"}
    assert outcomes_by_day(rows[:0]) == {}
