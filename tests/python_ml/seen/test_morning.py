"""A morning as people see it: whom to stop, what is not known, how far to trust it."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.seen.languages import load_languages
from python_ml.seen.morning import (
    DECISIONS,
    days_before,
    page_name,
    planned_machine,
    read_morning,
    sort_names,
)
from python_ml.seen.published import TABLES, Published
from tests.python_ml.seen.conftest import AS_OF, Change

SAFE_PAGE = re.compile(r"[a-z0-9][a-z0-9_.-]*\.html")


def test_the_newest_plan_is_shown_in_its_order_and_all_of_it(published: Published):
    morning = read_morning(published)
    plan = published["rpt_maintenance_plan_daily"]
    today = plan[plan["as_of_date"] == pd.Timestamp(AS_OF)]
    assert [machine.machine_id for machine in morning.machines] == list(today["machine_id"])
    assert [machine.rank for machine in morning.machines] == list(range(1, 19))
    counts = today["decision"].value_counts()
    assert {name: morning.count(name) for name in DECISIONS} == {
        name: counts.get(name, 0) for name in DECISIONS
    }
    assert {machine.decision for machine in morning.stops} == {"stop"}
    stopped = today[today["decision"] == "stop"]["expected_saving"]
    assert morning.saving == stopped.round().sum() != stopped.sum()
    assert morning.kitchens == ("k01", "k02", "k03")
    assert morning.zones == ("zone_1", "zone_2", "zone_3")
    assert (morning.horizon_days, morning.plan_date) == (7, AS_OF)


def test_what_is_not_known_of_a_blind_machine_is_none(published: Published):
    [blind] = read_morning(published).blind
    assert (blind.machine_id, blind.status) == ("k01-p1-m6", "no_data")
    assert blind.probability is blind.saving is blind.blocked_by is None


def test_a_blind_machine_that_cooks_other_types_is_not_said_to_have_no_readings(changed: Change):
    def cook(days: pd.DataFrame, on: timedelta) -> pd.DataFrame:
        day = days.tail(1).assign(machine_id="k01-p1-m6", arepa_type="on_no_list", reading_count=9)
        other = days[days["machine_id"] != "k01-p1-m6"]
        return pd.concat([other, day.assign(measured_date=pd.Timestamp(AS_OF - on))])

    for days, text in ((1, "other_types"), (7, "other_types"), (8, "no_data")):
        morning = read_morning(
            changed(rpt_machine_metrics_daily=partial(cook, on=timedelta(days=days)))
        )
        assert [machine.status_text for machine in morning.blind] == [f"status.{text}"]


def test_machines_of_which_none_is_seen_are_not_said_to_need_no_stop(published: Published):
    morning = read_morning(published)
    running = tuple(machine for machine in morning.machines if machine.decision == "run")
    assert replace(morning, machines=morning.blind).why_no_stop == "none_seen"
    assert replace(morning, machines=(*morning.blind, *running)).why_no_stop == "no_stop"
    assert replace(morning, machines=morning.blocked).why_no_stop == "no_room"


def test_each_choice_of_kitchen_and_zone_has_its_machines(published: Published):
    morning = read_morning(published)
    zones = ("a", "a", "b", "")
    machines = tuple(
        replace(machine, kitchen_id=kitchen_id, zone=zone)
        for kitchen_id, zone, machine in zip("1223", zones, morning.machines, strict=False)
    )
    names = [machine.machine_id for machine in machines]
    assert {
        (kitchen_id, zone): [machine.machine_id for machine in own.machines]
        for kitchen_id, zone, own in replace(morning, machines=machines).places()
    } == {
        ("1", ""): names[:1],
        ("2", ""): names[1:3],
        ("3", ""): names[3:],
        ("", "a"): names[:2],
        ("", "b"): names[2:3],
        ("2", "a"): names[1:2],
        ("2", "b"): names[2:3],
    }


def test_one_more_slot_is_worth_most_where_it_stands_first(published: Published):
    morning = read_morning(published)
    slots = morning.next_slots()
    assert [saving for _, saving in slots] == sorted((s for _, s in slots), reverse=True)
    best = {
        kitchen: max(m.saving for m in morning.blocked if m.kitchen_id == kitchen)
        for kitchen in {m.kitchen_id for m in morning.blocked}
    }
    assert dict(slots) == pytest.approx(best)
    assert len(slots) >= 1


@pytest.mark.parametrize(
    ("decided_by", "clock", "value", "text"),
    [
        ("model", None, None, None),
        (None, None, None, None),  # a file of older code
        ("calendar", None, None, "calendar.never"),
        ("calendar", "days_since_last_stop", None, "calendar.unknown"),
        ("calendar", "days_since_last_stop", 0.0, "calendar.days"),
        ("calendar", "batch_count_since_last_stop", 3.0, "calendar.batches"),
    ],
)
def test_who_decides_has_a_text_of_its_own(
    published: Published,
    decided_by: str | None,
    clock: str | None,
    value: float | None,
    text: str | None,
):
    row = published["rpt_maintenance_plan_daily"].iloc[-1].to_dict() | {
        "decided_by": decided_by,
        "calendar_clock": clock,
        "calendar_clock_value": value,
        "calendar_interval": 30.0,
    }
    assert planned_machine(row).calendar_text == text
    assert text is None or all(language.has_text(text) for language in load_languages())


def test_names_are_sorted_as_people_do():
    assert sort_names(["k10", "k2", "k2", "a", "10", "K1"]) == ("10", "K1", "a", "k2", "k10")


@given(st.lists(st.text(max_size=6)))
def test_sorting_names_loses_and_invents_none(names: list[str]):
    assert set(sort_names(names)) == set(names)
    assert len(sort_names(names)) == len(set(names))


def test_waiting_is_told_where_a_stop_would_save_and_waiting_saves_more(published: Published):
    machine = read_morning(published).machines[0]
    for decision, saving, of_waiting, is_better in (
        ("watch", 10.0, 5.0, True), ("watch", 10.0, -5.0, False), ("watch", -10.0, 5.0, False),
        ("stop", 10.0, 5.0, False), ("blind", None, None, False),
    ):  # fmt: skip
        told = replace(machine, decision=decision, saving=saving, saving_of_waiting=of_waiting)
        assert told.is_better_later == is_better


def test_a_stop_before_its_threshold_and_none_at_it_are_told(published: Published):
    machine = replace(
        read_morning(published).machines[0],
        probability=0.2, saving=9.0, calendar_interval=30.0, blocked_by=None,
    )  # fmt: skip
    for decision, decided_by, threshold, value, text in (
        ("stop", "model", 0.3, None, "machine.early"), ("stop", "model", 0.2, None, None),
        ("stop", "model", None, None, None), ("watch", "model", 0.3, None, None),
        ("watch", "model", 0.2, None, "machine.not_yet"),
        ("stop", "calendar", 0.1, 29.0, "machine.early"), ("stop", "calendar", 0.3, 30.0, None),
    ):  # fmt: skip
        told = replace(
            machine, decision=decision, decided_by=decided_by, threshold=threshold,
            calendar_clock_value=value,
        )  # fmt: skip
        assert told.timing_text == text
        assert text is None or all(language.has_text(text) for language in load_languages())
    blocked = replace(machine, decision="watch", threshold=0.2, blocked_by="technician_slots")
    assert blocked.timing_text is None


def test_a_kitchen_sees_its_own_machines_alone(published: Published):
    whole = read_morning(published)
    own = whole.for_kitchen("k02")
    assert {machine.kitchen_id for machine in own.machines} == {"k02"}
    assert len(own.machines) == 6
    parts = [whole.for_kitchen(kitchen).saving for kitchen in whole.kitchens]
    assert sum(parts) == pytest.approx(whole.saving)


def test_what_is_trusted_falls_with_remarks_failures_and_age(published: Published, changed: Change):
    assert read_morning(published).problems == ("k01: 1 machine has sent nothing for 7 days",)
    assert read_morning(published).trust == "remarks"
    unmarked = changed(rpt_data_checks_daily=lambda checks: checks.iloc[:0])
    assert read_morning(unmarked).trust == "good"
    assert read_morning(unmarked, failure="no space left").trust == "doubt"
    tomorrow = Published(AS_OF + timedelta(days=1), unmarked.tables)
    late = read_morning(tomorrow)
    assert (late.is_stale, late.trust, late.plan_date) == (True, "doubt", AS_OF)
    other_day = changed(
        rpt_data_checks_daily=lambda checks: checks.assign(as_of_date=pd.Timestamp("2026-11-19"))
    )
    assert read_morning(other_day).problems == ()
    of_all = changed(rpt_data_checks_daily=lambda checks: checks.assign(subject=None))
    assert read_morning(of_all).problems == ("1 machine has sent nothing for 7 days",)


def test_types_without_a_model_or_a_place_on_the_list_are_named(
    changed: Change,
):
    def without_model(predictions: pd.DataFrame) -> pd.DataFrame:
        is_meant = predictions["arepa_type"] == "a2"
        is_today = predictions["as_of_date"] == pd.Timestamp(AS_OF)
        predictions.loc[is_meant & is_today, "status"] = "no_model"
        predictions.loc[(predictions["arepa_type"] == "a1") & ~is_today, "status"] = "no_model"
        return predictions

    def unlisted(types: pd.DataFrame) -> pd.DataFrame:
        more = types.iloc[:2].assign(arepa_type=["a8", "a9"], is_listed=False, batch_count=[0, 3])
        return pd.concat([types, more], ignore_index=True)

    morning = read_morning(changed(rpt_predictions=without_model, rpt_arepa_types=unlisted))
    assert morning.unmodelled_types == ("a2",)
    assert morning.unlisted_types == ("a9",)


def test_a_plan_of_older_code_has_no_zone_and_no_next_slot(changed: Change):
    newer = ["zone", "next_slot_saving", "stop_threshold_probability", "reason_details"]
    older = changed(rpt_maintenance_plan_daily=lambda plan: plan.drop(columns=newer))
    morning = read_morning(older)
    assert (morning.zones, morning.next_slots()) == ((), [])
    assert {machine.threshold for machine in morning.machines} == {None}


def test_without_anything_published_there_is_no_plan():
    nothing = Published(AS_OF, {name: pd.DataFrame() for name in TABLES})
    morning = read_morning(nothing, failure="no raw files")
    assert (morning.plan_date, morning.machines, morning.trust) == (None, (), "doubt")
    assert (morning.published_at, morning.measured_until, morning.horizon_days) == (None,) * 3
    assert (morning.saving, morning.problems) == (0, ())


@given(st.lists(st.text(min_size=1) | st.from_regex(r"[A-Za-z0-9._-]{1,20}"), unique=True))
def test_every_machine_has_a_page_of_its_own_on_any_file_system(names: list[str]):
    pages = [page_name(name) for name in names]
    assert all(SAFE_PAGE.fullmatch(page) for page in pages)
    assert len({page.lower() for page in pages}) == len(names)
    assert max(map(len, pages), default=0) <= 80


@given(st.integers(1, 400))
def test_days_before_end_with_the_day(count: int):
    days = days_before(AS_OF, count)
    assert (days[-1], len(days)) == (AS_OF, count)
    assert all(later - day == timedelta(days=1) for day, later in pairwise(days))


def test_gauges_that_cannot_be_trusted_are_those_of_the_morning_and_its_machines(
    published: Published,
):
    morning = read_morning(published)
    assert [gauge.reason for gauge in morning.gauges] == ["stuck", "noise"]
    (bad,) = morning.bad_gauges
    assert (bad.grade, bad.metric) == ("low", "metric_1")
    assert bad.since == AS_OF - timedelta(days=1)
    assert morning.gauges_of(bad.machine_id) == (bad,)
    assert morning.for_kitchen(bad.kitchen_id).bad_gauges == (bad,)
    assert morning.for_kitchen("elsewhere").gauges == ()


def test_what_a_run_of_past_mornings_could_not_do_is_no_remark_on_this_one(changed: Change):
    def ended_partly(runs: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
        step = runs.iloc[[0]].assign(
            run_id="backfill", status="partly_done", message="no model for a1", as_of_date=day
        )
        return pd.concat([runs, step], ignore_index=True)

    def not_done(days_back: int) -> tuple[str, ...]:
        day = pd.Timestamp(AS_OF) - pd.Timedelta(days=days_back)
        return read_morning(
            changed(
                rpt_runs=lambda runs: ended_partly(runs, day),
                publication=lambda publication: publication.assign(run_id="backfill"),
            )
        ).not_done

    assert not_done(0) == ("no model for a1",)
    assert not_done(30) == ()
