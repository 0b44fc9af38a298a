"""The two-monthly job goes on after what failed for some types, and tells it at its end."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from python_ml.errors import ArepasError, PartlyDoneError
from python_ml.lifecycle import retrain as module
from python_ml.lifecycle.retrain import retrain
from python_ml.run.record import Run
from tests.conftest import Workspace

AS_OF = date(2026, 3, 1)
STEPS = ("train", "promote", "report_models")


@pytest.fixture
def run_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[list[str], list[str]]]:
    """Retrain with steps that fail as told; what was done, and the problems."""

    def retrain_with(**errors: Exception) -> tuple[list[str], list[str]]:
        done: list[str] = []

        def step(name: str) -> Callable[..., list[str]]:
            def work(_: object, *, as_of: date) -> list[str]:
                assert as_of == AS_OF
                done.append(name)
                if name in errors:
                    raise errors[name]
                return ["a1", "a2"]

            return work

        for name in STEPS:
            monkeypatch.setattr(module, name, step(name))
        settings = Workspace(tmp_path).settings()
        run = Run(settings, AS_OF, "run")
        try:
            retrain(settings, run)
        except ArepasError as error:
            return done, [f"ended: {error}"]
        return done, run.problems

    return retrain_with


def test_a_good_run_trains_promotes_and_reports_in_this_order(run_with):
    assert run_with() == (list(STEPS), [])


def test_one_type_s_problem_stops_neither_the_others_nor_the_steps_after(run_with):
    done, problems = run_with(
        train=PartlyDoneError("no model for a3"),
        promote=PartlyDoneError("a4 not judged"),
        report_models=KeyError("title"),
    )
    assert done == list(STEPS)
    assert problems == [
        "train: no model for a3",
        "promote: a4 not judged",
        "model_report: KeyError: 'title'",
    ]


def test_where_nothing_could_be_trained_nothing_is_promoted(run_with):
    assert run_with(train=ArepasError("no labels")) == (["train"], ["ended: no labels"])


def test_where_nothing_could_be_judged_nothing_is_reported(run_with):
    done, problems = run_with(promote=ArepasError("registry: gone"))
    assert (done, problems) == (["train", "promote"], ["ended: registry: gone"])
