"""A comparison that forgives nothing but the last bits of decimal numbers."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from python_ml.spark.table_difference import compare_tables

ROWS = pd.DataFrame(
    {
        "machine_id": ["m1", "m2", "m3"],
        "as_of_date": pd.to_datetime(["2026-11-20"] * 3),
        "count": [1, 2, 3],
        "mean": [0.1, np.nan, 1e9],
        "text": ["a", None, "c"],
    }
)
KEYS = ["machine_id", "as_of_date"]


def difference(other: pd.DataFrame):
    return compare_tables("t", ROWS, other, KEYS)


def test_equal_tables_do_not_differ_whatever_order_and_types_an_engine_gives():
    other = ROWS.assign(as_of_date=[date(2026, 11, 20)] * 3)[::-1]
    assert not difference(other).exceeds(0.0)


def test_the_largest_difference_is_relative_and_names_its_column():
    found = difference(ROWS.assign(mean=[0.1, np.nan, 1e9 * (1 + 1e-6)]))
    assert found.largest == pytest.approx(1e-6, rel=1e-3)
    assert found.largest_column == "mean"
    assert found.exceeds(1e-9)
    assert not found.exceeds(1e-5)


@pytest.mark.parametrize(
    "changed",
    [
        {"mean": [0.1, 0.0, 1e9]},
        {"mean": [np.nan, np.nan, 1e9]},
        {"count": [1, 2, 4]},
        {"text": ["a", "", "c"]},
        {"text": ["a", None, None]},
        {"machine_id": ["m1", "m2", "m4"]},
    ],
)
def test_a_null_a_count_a_text_or_a_key_that_differs_is_over_any_limit(changed):
    assert difference(ROWS.assign(**changed)).exceeds(1.0)


def test_a_row_too_few_is_over_any_limit():
    assert difference(ROWS[:2]).exceeds(1.0)


def test_keys_that_repeat_and_other_columns_are_no_tables_to_compare():
    with pytest.raises(ValueError, match="one-to-one"):
        difference(pd.concat([ROWS, ROWS[:1]]))
    with pytest.raises(ValueError, match="columns"):
        difference(ROWS.rename(columns={"mean": "average"}))
