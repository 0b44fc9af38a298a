"""What the pages show: counted from the published tables, nothing lost and nothing made up."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from python_ml.seen.languages import CODES, load_language
from python_ml.seen.morning import read_morning
from python_ml.seen.pages import (
    COVERAGE_DAYS,
    EXAMPLES,
    chart_words,
    data_values,
    index_values,
    models_values,
    records,
)
from python_ml.seen.published import TABLES, Published
from tests.published_fleet import TYPES
from tests.python_ml.seen.conftest import AS_OF, Change

COUNTS = ["lines_read", "rows_kept", "rows_duplicate", "rows_quarantined"]


def models_of(published: Published) -> dict[str, dict]:
    shown = models_values(published, read_morning(published))["models"]
    return {model["arepa_type"]: model for model in shown}


def data_of(published: Published) -> dict:
    return data_values(published, read_morning(published))


def test_today_says_which_kitchens_stop_machines(published: Published):
    morning = read_morning(published)
    shown = index_values(morning)
    assert morning.stop_kitchens == ("k01", "k02", "k03")
    assert shown["next_slots"] == morning.next_slots()
    assert morning.for_kitchen("k02").stop_kitchens == ("k02",)


def test_each_type_shows_its_champion_and_the_machines_of_the_day(
    published: Published, changed: Change
):
    shown = models_of(published)
    assert list(shown) == list(TYPES)
    for model in shown.values():
        assert (model["version"], model["machine_count"]) == ("3", 18)
        assert model["threshold"] == pytest.approx(1 / 6)

    def without_champion(models: pd.DataFrame) -> pd.DataFrame:
        models.loc[models["arepa_type"] == "a2", "champion_version"] = None
        return models

    def without_model(predictions: pd.DataFrame) -> pd.DataFrame:
        predictions.loc[predictions["arepa_type"] == "a2", "model_version"] = None
        return predictions

    used = models_of(changed(rpt_models=without_champion))["a2"]
    assert used["version"] == "3", "what the day was predicted with"
    never = models_of(changed(rpt_models=without_champion, rpt_predictions=without_model))["a2"]
    assert never["version"] is never["since"] is never["threshold"] is None


def test_costs_stand_by_policy_all_types_first_and_the_least_is_best(
    published: Published, changed: Change
):
    shown = models_values(published, read_morning(published))["backtest"]
    assert [row["arepa_type"] for row in shown] == ["all", *TYPES]
    assert {row["best"] for row in shown} == {"model"}
    assert shown[0]["costs"]["calendar"].value == 63.9

    def calendar_is_best(costs: pd.DataFrame) -> pd.DataFrame:
        is_meant = (costs["arepa_type"] == "a3") & (costs["policy"] == "calendar")
        costs.loc[is_meant, "value"] = 1.0
        return costs

    dear = changed(rpt_model_backtest=calendar_is_best)
    shown = models_values(dear, read_morning(dear))["backtest"]
    assert [row["best"] for row in shown] == ["model", "model", "model", "calendar"]


def test_expected_breakdowns_are_the_sum_of_the_probabilities(published: Published):
    performance = published["rpt_model_performance_daily"]
    shown = models_values(published, read_morning(published))["performance"]
    assert [row["arepa_type"] for row in shown] == list(TYPES)
    for row in shown:
        days = performance[performance["arepa_type"] == row["arepa_type"]]
        assert row["expected_breakdowns"] == pytest.approx(days["expected_breakdowns"].sum())
        assert row["breakdown_count"] == days["breakdown_count"].sum()


def test_versions_of_a_lost_registry_are_not_added_to_those_that_have_their_numbers(
    published: Published, changed: Change
):
    def older_days_are_lost(performance: pd.DataFrame) -> pd.DataFrame:
        is_lost = performance["as_of_date"] < performance["as_of_date"].max()
        return performance.assign(is_version_lost=is_lost)

    performance = published["rpt_model_performance_daily"]
    newest = performance[performance["as_of_date"] == performance["as_of_date"].max()]
    after_loss = changed(rpt_model_performance_daily=older_days_are_lost)
    shown = models_values(after_loss, read_morning(after_loss))["performance"]
    assert [row["machine_count"] for row in shown] == list(newest["machine_count"])


def test_how_models_do_now_is_what_the_morning_knew(published: Published, changed: Change):
    newest = published["rpt_model_performance_rolling"]["as_of_date"].max()
    shown = models_values(published, read_morning(published))["now"]
    assert [(row["arepa_type"], row["as_of_date"]) for row in shown] == [
        (arepa_type, newest) for arepa_type in TYPES
    ]
    day_before = replace(published, as_of=published.as_of - timedelta(days=1))
    shown = models_values(day_before, read_morning(published))["now"]
    assert {row["as_of_date"] for row in shown} == {newest - pd.Timedelta(days=7)}
    empty = changed(rpt_model_performance_rolling=lambda windows: windows.head(0))
    assert models_values(empty, read_morning(empty))["now"] == []


def test_calibration_is_drawn_in_order_of_its_bins_as_far_as_it_reaches(published: Published):
    shown = models_values(published, read_morning(published))["calibration"]
    assert [chart["name"] for chart in shown] == list(TYPES.values())
    for chart in shown:
        predicted = [point["predicted"] for point in chart["bins"]]
        assert predicted == sorted(predicted)
        assert chart["top"] >= max(predicted)
        assert chart["top"] >= max(point["observed"] for point in chart["bins"])


def test_every_line_of_the_ledger_is_in_the_totals(published: Published):
    ledger = published["rpt_file_ledger"]
    shown = data_of(published)
    assert {row["source_table"] for row in shown["ledger_totals"]} == set(ledger["source_table"])
    for count in COUNTS:
        assert sum(row[count] for row in shown["ledger_totals"]) == ledger[count].sum()
    assert sum(row["file_count"] for row in shown["ledger_totals"]) == len(ledger)


def test_a_reason_shows_examples_of_its_own_and_not_all_of_them(changed: Change):
    def many(rows: pd.DataFrame) -> pd.DataFrame:
        rows = pd.concat([rows] * (EXAMPLES + 3), ignore_index=True)
        other = rows.iloc[:1].assign(reason="not_a_number", raw_line="nan")
        return pd.concat([other, rows], ignore_index=True)

    [rejected] = data_of(changed(rpt_rejected_rows=many))["rejected"]
    assert len(rejected["examples"]) == EXAMPLES
    assert {example["reason"] for example in rejected["examples"]} == {"bad_timestamp"}
    assert rejected["row_count"] == 4
    [without] = data_of(changed(rpt_rejected_rows=lambda rows: rows.iloc[:0]))["rejected"]
    assert without["examples"] == []


def test_coverage_is_the_share_of_a_kitchens_machines_that_reported(changed: Change):
    silent_since = AS_OF - timedelta(days=7)

    def silent(metrics: pd.DataFrame) -> pd.DataFrame:
        is_late = metrics["measured_date"] >= pd.Timestamp(silent_since)
        metrics.loc[(metrics["machine_id"] == "k02-p1-m1") & is_late, "reading_count"] = 0
        return metrics[~((metrics["kitchen_id"] == "k03") & is_late)]

    shown = data_of(changed(rpt_machine_metrics_daily=silent))
    days = shown["coverage_days"]
    assert (days[0], days[-1], len(days)) == (
        AS_OF - timedelta(days=COVERAGE_DAYS),
        AS_OF - timedelta(days=1),
        COVERAGE_DAYS,
    )
    shares = {row["kitchen_id"]: row["shares"] for row in shown["coverage"]}
    assert shares["k01"] == [1.0] * 28
    assert shares["k02"] == pytest.approx([1.0] * 21 + [5 / 6] * 7)
    assert shares["k03"] == [1.0] * 21 + [0.0] * 7
    by_kitchen = {row["kitchen_id"]: row["share"] for row in shown["coverage"]}
    assert by_kitchen["k03"] == pytest.approx(0.75)


def test_freshness_is_of_the_newest_morning_alone(changed: Change):
    def older(rows: pd.DataFrame) -> pd.DataFrame:
        yesterday = rows.assign(as_of_date=pd.Timestamp(AS_OF - timedelta(days=1)))
        return pd.concat([yesterday, rows], ignore_index=True)

    shown = data_of(changed(rpt_kitchen_freshness_daily=older))["freshness"]
    assert [row["kitchen_id"] for row in shown] == ["k01", "k02", "k03"]
    assert {row["as_of_date"].date() for row in shown} == {AS_OF}


@pytest.mark.parametrize("code", CODES)
def test_charts_have_all_their_words(code: str):
    words = chart_words(load_language(code))
    assert all(words.values())
    assert {"threshold", "risk", "kind"} <= words.keys()


def test_what_is_missing_in_a_row_is_none():
    rows = pd.DataFrame(
        {"a": [1.5, float("nan")], "b": ["x", None], "c": [pd.NaT, pd.Timestamp("2026-01-01")]}
    )
    assert records(rows) == [
        {"a": 1.5, "b": "x", "c": None},
        {"a": None, "b": None, "c": pd.Timestamp("2026-01-01")},
    ]


def test_without_anything_published_the_pages_have_nothing_to_show():
    nothing = Published(date(2026, 11, 20), {name: pd.DataFrame() for name in TABLES})
    shown = models_values(nothing, read_morning(nothing)) | data_of(nothing)
    assert not shown.pop("has_quarantine")
    assert not shown.pop("has_calibration")
    assert shown.pop("policies")
    assert shown.pop("files_of") is None
    assert all(len(rows) == 0 for rows in shown.values())


def test_a_past_morning_says_of_which_morning_its_files_are(published: Published):
    assert data_of(published)["files_of"] is None
    past = Published(AS_OF - timedelta(days=5), published.tables)
    assert data_values(past, read_morning(past))["files_of"] == AS_OF
