"""A machine's page: its own rows, the newest first, and charts that end with the morning."""

from datetime import timedelta

import pandas as pd
import pytest

from python_ml.seen.machine_pages import HISTORY_DAYS, STOP_COUNT, MachinePage, machine_pages
from python_ml.seen.morning import read_morning
from python_ml.seen.published import TABLES, Published
from tests.published_fleet import TYPES
from tests.python_ml.seen.conftest import AS_OF, Change

MACHINE, BLIND = "k02-p1-m1", "k01-p1-m6"


def pages_of(published: Published) -> dict[str, MachinePage]:
    pages = machine_pages(published, read_morning(published))
    return {page.machine.machine_id: page for page in pages}


@pytest.fixture(scope="module")
def pages(published: Published) -> dict[str, MachinePage]:
    return pages_of(published)


def rows_of(published: Published, table: str, machine_id: str = MACHINE) -> pd.DataFrame:
    rows = published[table]
    return rows[rows["machine_id"] == machine_id]


def test_every_machine_of_the_plan_has_a_page_in_its_order(
    published: Published, pages: dict[str, MachinePage]
):
    assert list(pages) == [machine.machine_id for machine in read_morning(published).machines]


def test_todays_predictions_are_its_own_the_worst_first(
    published: Published, pages: dict[str, MachinePage]
):
    predictions = rows_of(published, "rpt_predictions")
    today = predictions[predictions["as_of_date"] == pd.Timestamp(AS_OF)]
    shown = pages[MACHINE].predictions
    assert {of.arepa_type: of.probability for of in shown} == dict(
        zip(today["arepa_type"], today["failure_probability"], strict=True)
    )
    risks = [of.probability for of in shown]
    assert risks == sorted(risks, reverse=True)
    assert shown[0].probability == pages[MACHINE].machine.probability


def test_what_a_model_does_not_know_comes_last(changed: Change):
    def unknown(predictions: pd.DataFrame) -> pd.DataFrame:
        predictions.loc[predictions["arepa_type"] == "a1", "failure_probability"] = None
        return predictions

    shown = pages_of(changed(rpt_predictions=unknown))[MACHINE].predictions
    assert [of.probability is None for of in shown] == [False, False, True]
    assert shown[-1].arepa_type == "a1"


def test_the_history_goes_back_day_by_day(pages: dict[str, MachinePage]):
    history = pages[MACHINE].history
    assert [past.day for past in history] == [
        AS_OF - timedelta(days=back) for back in range(HISTORY_DAYS)
    ]
    assert history[0].decision == pages[MACHINE].machine.decision


def test_an_answer_stands_beside_the_decision_of_its_day_and_once(changed: Change):
    day = AS_OF - timedelta(days=3)

    def answered(stops: pd.DataFrame) -> pd.DataFrame:
        of_machine = stops["machine_id"] == MACHINE
        told = [("planned", "nothing_found"), ("planned", "nothing_found"), ("breakdown", None)]
        new = pd.DataFrame(told, columns=["kind", "finding"]).assign(
            machine_id=MACHINE, started_at=pd.Timestamp(day) + pd.Timedelta(hours=7)
        )
        return pd.concat([stops[~of_machine], new], ignore_index=True)

    page = pages_of(changed(rpt_machine_stops=answered))[MACHINE]
    answers = {past.day: past.answers for past in page.history}
    assert answers.pop(day) == ("kind.breakdown", "finding.nothing_found")
    assert set(answers.values()) == {()}


def test_stops_are_shown_the_newest_first_and_not_without_end(
    published: Published, pages: dict[str, MachinePage], changed: Change
):
    stops = rows_of(published, "rpt_machine_stops")
    shown = [stop["started_at"] for stop in pages[MACHINE].stops]
    assert shown == sorted(stops["started_at"], reverse=True)
    many = pages_of(changed(rpt_machine_stops=lambda rows: pd.concat([rows] * 20)))
    assert len(many[MACHINE].stops) == STOP_COUNT < 4 * 20


def test_a_stop_that_did_not_take_place_is_not_drawn(changed: Change):
    def of_kinds(stops: pd.DataFrame) -> pd.DataFrame:
        findings = ["fault_found", "postponed", "not_inspected", None]
        of_machine = stops["machine_id"] == MACHINE
        stops.loc[of_machine, "finding"] = findings
        long_ago = pd.Timestamp(AS_OF) - pd.Timedelta(days=91)
        return pd.concat([stops[of_machine].iloc[:1].assign(started_at=long_ago), stops])

    page = pages_of(changed(rpt_machine_stops=of_kinds))[MACHINE]
    assert len(page.stops) == 5
    assert len(page.chart_data["stops"]) == 2


def test_charts_count_their_days_back_from_the_morning(
    published: Published, pages: dict[str, MachinePage]
):
    chart = pages[MACHINE].chart_data
    assert chart["today"] == AS_OF.isoformat()
    assert set(chart["types"]) == set(TYPES)
    metrics = rows_of(published, "rpt_machine_metrics_daily")
    for arepa_type, series in chart["types"].items():
        of_type = metrics[metrics["arepa_type"] == arepa_type]
        assert series["name"] == TYPES[arepa_type]
        days = [AS_OF - timedelta(days=back) for back in series["days"]]
        assert days == [day.date() for day in of_type["measured_date"]]
        means = series["metrics"]["metric_1"]["mean"]
        assert means == pytest.approx(of_type["metric_1_mean"].tolist(), rel=1e-3)
        assert series["risk"][-1][0] == 0
        assert all(0 <= risk <= 1 for _, risk in series["risk"])
    last = {name: series["risk"][-1][1] for name, series in chart["types"].items()}
    assert last[chart["worst"]] == max(last.values())


def test_a_gap_in_a_series_is_none_and_no_number(changed: Change):
    def with_gap(metrics: pd.DataFrame) -> pd.DataFrame:
        metrics.loc[metrics["machine_id"] == MACHINE, "metric_2_mean"] = None
        return metrics

    page = pages_of(changed(rpt_machine_metrics_daily=with_gap))[MACHINE]
    assert set(page.chart_data["types"]["a1"]["metrics"]["metric_2"]["mean"]) == {None}


def test_a_blind_machine_has_a_page_without_charts(pages: dict[str, MachinePage]):
    blind = pages[BLIND]
    assert (blind.chart_metrics, blind.chart_data["types"], blind.chart_data["worst"]) == (
        [],
        {},
        None,
    )
    assert {of.status for of in blind.predictions} == {"no_data"}
    assert blind.stops


def test_without_a_plan_there_is_no_page():
    nothing = Published(AS_OF, {name: pd.DataFrame() for name in TABLES})
    assert pages_of(nothing) == {}
