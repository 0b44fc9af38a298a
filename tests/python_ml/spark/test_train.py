"""The rows that executors fit on are the same, in the same order, whichever engine had them."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.learning.columns import LABEL
from python_ml.spark.train import prepare_rows, train_on_spark
from tests.conftest import Workspace
from tests.tiny_models import make_features


def labelled() -> pd.DataFrame:
    rows = make_features(date(2026, 11, 20), days=3, types=("a1", "a2", "a3"))
    rows[LABEL] = rows["machine_id"] == "m1"
    rows.loc[rows["machine_id"] == "m2", "phase"] = 2
    return rows


def as_spark_gives_it(rows: pd.DataFrame) -> pd.DataFrame:
    """Days as dates, texts as pandas' own strings, in any order."""
    return rows.assign(
        as_of_date=rows["as_of_date"].dt.date,
        machine_id=rows["machine_id"].astype("string"),
        **{LABEL: rows[LABEL].astype(object)},
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), phases=st.sets(st.sampled_from([1, 2, 3]), min_size=1))
def test_rows_come_in_one_order_and_type_whatever_the_engine_gave(seed: int, phases: set[int]):
    rows = labelled()
    chosen = prepare_rows(rows, ["a1", "a3"], sorted(phases))
    assert set(chosen["arepa_type"]) <= {"a1", "a3"}
    assert set(chosen["phase"]) <= phases
    is_meant = rows["arepa_type"].isin(["a1", "a3"]) & rows["phase"].isin(phases)
    assert len(chosen) == is_meant.sum()
    keys = ["as_of_date", "machine_id", "arepa_type"]
    assert chosen[keys].equals(chosen[keys].sort_values(keys, ignore_index=True))
    shuffled = as_spark_gives_it(rows).sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(prepare_rows(shuffled, ["a1", "a3"], sorted(phases)), chosen)


@pytest.mark.spark
def test_training_before_the_first_build_says_what_to_do(empty_spark, tmp_path):
    elsewhere = Workspace(tmp_path).settings(SPARK_DIR=str(tmp_path / "spark"))
    said = f"{tmp_path / 'spark'}: no features yet; run `make spark-build` first"
    with pytest.raises(InputError, match=said) as refused:
        train_on_spark(elsewhere, empty_spark, as_of=date(2026, 11, 20))
    assert refused.value.exit_status == 2
