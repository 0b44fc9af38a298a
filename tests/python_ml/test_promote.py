"""The gate: what it lets through, and that it stays shut when anything is odd."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from python_ml.promote import KEEP, NOT_ENOUGH_EVIDENCE, PROMOTE, Contest, compare
from python_ml.registry import LoadedModel, RegisteredModel

TAGS = {"fitted_breakdowns": "10", "fitted_rows": "100", "holdout_from": "2026-01-01"}


@dataclass(frozen=True)
class Says:
    """An estimator that returns what stands in its column."""

    column: str

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        said = features[self.column].to_numpy()
        return np.column_stack([1 - said, said])


def make_model(version: str, column: str) -> LoadedModel:
    registered = RegisteredModel("a1", "arepas__a1", version, TAGS)
    return LoadedModel(registered, Says(column), (column,))


def make_rows(breakdowns: list[bool]) -> pd.DataFrame:
    came = np.array(breakdowns, float)
    return pd.DataFrame(
        {
            "has_breakdown": breakdowns,
            "good": 0.8 * came + 0.1,
            "bad": 0.9 - 0.8 * came,
            "naive": 0.1,
        }
    )


@pytest.mark.parametrize(
    ("challenger", "champion", "verdict"),
    [
        ("good", "bad", PROMOTE),
        ("bad", "good", KEEP),
        ("good", "good", KEEP),
        ("good", None, PROMOTE),
        ("bad", None, KEEP),
        ("naive", None, KEEP),
    ],
)
def test_the_better_model_wins_and_a_first_one_must_beat_the_share(challenger, champion, verdict):
    contest = Contest(
        make_model("2", challenger),
        make_model("1", champion) if champion else None,
        make_rows([True, False, False, True, False, False]),
    )
    assert compare(contest)[0] == verdict


@pytest.mark.parametrize("breakdowns", [[], [False, False], [True, True]])
def test_no_rows_or_one_class_is_not_enough_evidence(breakdowns: list[bool]):
    contest = Contest(make_model("2", "good"), make_model("1", "bad"), make_rows(breakdowns))
    assert compare(contest)[0] == NOT_ENOUGH_EVIDENCE
