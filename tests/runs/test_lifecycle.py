"""The life of models on a small fleet, with the real registry: who becomes champion, and back."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from python_ml.demo.files import DemoFleet, write_demo_data
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.learning.estimator import Trainings
from python_ml.lifecycle import train as train_module
from python_ml.lifecycle.history import read_champion
from python_ml.lifecycle.promote import approve, promote, rollback
from python_ml.lifecycle.train import train
from python_ml.settings import PROJECT_DIR, BacktestSettings, PromotionSettings, Settings
from tests.conftest import Workspace

pytestmark = pytest.mark.slow

LAST = date(2026, 11, 20)
STARTED_ON = date(2026, 4, 20)
TYPE = "a5"
LIVE_ON = """
select arepa_type, arg_max(to_version, (as_of_date, decided_at)) as version
from ml.promotion_history
where verdict in ('promote', 'rollback') and as_of_date <= ? group by arepa_type
"""


class Oracle:
    """A planted improvement: it has seen how every morning ended."""

    def __init__(self, rows: pd.DataFrame, columns: list[str]) -> None:
        self.usual_values_ = np.ones(len(columns))
        keys = map(tuple, rows[columns].astype(float).fillna(-1).to_numpy())
        self.ends = dict(zip(keys, rows["has_breakdown"], strict=True))

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        keys = map(tuple, features.astype(float).fillna(-1).to_numpy())
        said = np.array([0.98 if self.ends.get(key, False) else 0.02 for key in keys])
        return np.column_stack([1 - said, said])

    def compute_contributions(self, features: pd.DataFrame) -> np.ndarray:
        return np.zeros((len(features), features.shape[1] + 1))

    def get_params(self) -> dict[str, Any]:
        return {"planted": True}

    def __getitem__(self, _: int) -> "Oracle":
        return self


class Contrarian(Oracle):
    """A planted defect: it says the contrary of how every morning ended."""

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        return super().predict_proba(features)[:, ::-1]


@dataclass(frozen=True)
class Lifecycle:
    """A fleet with its models; each training takes place one morning after the one before."""

    workspace: Workspace
    settings: Settings
    every_row: pd.DataFrame

    def train(self, days_before_last: int, planted: type[Oracle] | None) -> date:
        as_of = LAST - timedelta(days=days_before_last)
        with pytest.MonkeyPatch.context() as patch:
            if planted is not None:

                def fit_each(trainings: Trainings, columns: Any, **_: Any) -> Any:
                    return [
                        {
                            str(name): planted(
                                self.every_row[self.every_row["arepa_type"] == name], list(columns)
                            )
                            for name in rows["arepa_type"].unique()
                        }
                        for rows in (*trainings.rows, trainings.served)
                    ]

                patch.setattr(train_module, "fit_in_sequence", fit_each)
            train(self.settings, as_of=as_of)
        return as_of

    def promote(self, as_of: date, **changes: Any) -> dict[str, Any]:
        decisions = promote(self.settings.replace(**changes), as_of=as_of)
        return {decision.arepa_type: decision for decision in decisions}

    def alias(self) -> str:
        client = MlflowClient(self.settings.mlflow_tracking_uri.get_secret_value())
        return str(client.get_model_version_by_alias(f"arepas__{TYPE}", "champion").version)

    def champion(self, as_of: date = LAST) -> str | None:
        with Warehouse(self.workspace.warehouse) as warehouse:
            return read_champion(warehouse, TYPE, as_of)

    def history(self) -> list[tuple[Any, ...]]:
        return self.workspace.rows(
            "select verdict, from_version, to_version, mode from ml.promotion_history"
            " where arepa_type = ? order by decided_at",
            (TYPE,),
        )


@pytest.fixture(scope="module")
def life(new_workspace: Callable[[], Workspace]) -> Lifecycle:
    workspace = new_workspace()
    fleet = DemoFleet(5, 7, ("metric_1", "metric_2"), STARTED_ON)
    write_demo_data(workspace.settings(), fleet, as_of=LAST)
    types = workspace.folder / "types.txt"
    types.write_text(TYPE)
    assert workspace.arepas("build", "--as-of", LAST.isoformat(), AREPA_TYPES=str(types)) == 0
    settings = workspace.settings().replace(
        backtest=BacktestSettings(refit_days=61, refit_count=1),
        promotion=PromotionSettings(margin=0.02, minimum_breakdowns=3),
    )
    every_row = workspace.query("select * from features.train_machine_arepa_daily")
    lifecycle = Lifecycle(workspace, settings, every_row)
    first = lifecycle.train(8, None)
    assert lifecycle.promote(first)[TYPE].verdict == "promote"
    return lifecycle


def test_a_planted_defect_is_kept_out_and_a_planted_improvement_let_in(life: Lifecycle):
    defect = life.train(7, Contrarian)
    kept = life.promote(defect)[TYPE]
    assert (kept.verdict, kept.from_version, kept.to_version) == ("keep", "1", "1")
    assert life.alias() == life.champion() == "1"
    improvement = life.train(6, Oracle)
    promoted = life.promote(improvement)[TYPE]
    assert (promoted.verdict, promoted.from_version, promoted.to_version) == ("promote", "1", "3")
    assert life.alias() == life.champion() == "3"
    version = MlflowClient(life.settings.mlflow_tracking_uri.get_secret_value()).get_model_version(
        f"arepas__{TYPE}", "3"
    )
    assert version.tags["verdict"] == "promote"
    assert version.tags["champion_since"] == improvement.isoformat()
    assert version.tags["verdict_reason"] == promoted.reason


def test_promoting_again_changes_nothing(life: Lifecycle):
    before = life.alias()
    again = life.promote(LAST - timedelta(days=6))[TYPE]
    assert again.verdict == "keep"
    assert life.alias() == before == "3"


def test_a_past_morning_is_judged_with_what_was_known_on_it(life: Lifecycle):
    past = life.promote(LAST - timedelta(days=7))[TYPE]
    assert (past.verdict, past.from_version) == ("keep", "1")
    assert life.alias() == life.champion() == "3"


def test_rollback_gives_the_alias_back_and_further_back_there_is_nothing(life: Lifecycle):
    as_of = LAST - timedelta(days=5)
    decision = rollback(life.settings, arepa_type=TYPE, as_of=as_of)
    assert (decision.from_version, decision.to_version) == ("3", "1")
    assert life.alias() == life.champion() == "1"
    with pytest.raises(InputError, match="first champion"):
        rollback(life.settings, arepa_type=TYPE, as_of=as_of)
    with pytest.raises(InputError, match="there are "):
        rollback(life.settings, arepa_type="a77", as_of=as_of)


def test_what_people_took_back_does_not_come_back_by_itself(life: Lifecycle):
    decision = life.promote(LAST - timedelta(days=5))[TYPE]
    assert decision.verdict == "keep"
    assert "rolled back" in decision.reason
    assert life.alias() == "1"


def test_in_manual_mode_a_challenger_waits_for_approval(life: Lifecycle):
    as_of = life.train(4, Oracle)
    with pytest.raises(InputError, match="no version is proposed"):
        approve(life.settings, arepa_type=TYPE, as_of=as_of)
    life.promote(as_of, promotion_mode="manual")
    assert life.history()[-1] == ("proposed", "1", "4", "manual")
    assert life.alias() == life.champion() == "1"
    approve(life.settings, arepa_type=TYPE, as_of=as_of)
    assert life.history()[-1] == ("promote", "1", "4", "manual")
    assert life.alias() == life.champion() == "4"
    with pytest.raises(InputError, match=r"no version is proposed \(last: promote, approved: "):
        approve(life.settings, arepa_type=TYPE, as_of=as_of)


def test_which_version_was_live_on_a_day_is_one_query(life: Lifecycle):
    live = {}
    for days in (9, 8, 6, 5, 4, 0):
        live[days] = dict(life.workspace.rows(LIVE_ON, (LAST - timedelta(days=days),))).get(TYPE)
    assert live == {9: None, 8: "1", 6: "3", 5: "1", 4: "4", 0: "4"}


def test_a_kill_between_history_and_alias_is_made_good_by_the_next_run(life: Lifecycle):
    """The process dies by SIGKILL just before it moves the alias."""
    script = (
        "import os, signal\n"
        "from datetime import date\n"
        "from python_ml.engines.registry import Registry\n"
        "from python_ml.lifecycle.promote import rollback\n"
        "from python_ml.settings import load_settings\n"
        "Registry.promote = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"rollback(load_settings(), arepa_type={TYPE!r}, as_of=date.fromisoformat('{LAST}'))\n"
    )
    died = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | life.workspace.environment,
        cwd=PROJECT_DIR,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert life.history()[-1][:3] == ("rollback", "4", "1")
    assert (life.champion(), life.alias()) == ("1", "4")
    life.promote(LAST)
    assert life.champion() == life.alias() == "1"


def test_a_champion_whose_files_are_gone_stays_and_is_told(life: Lifecycle):
    challenger = life.train(0, Oracle)
    broken = MlflowClient(life.settings.mlflow_tracking_uri.get_secret_value()).get_model_version(
        f"arepas__{TYPE}", "1"
    )
    client = MlflowClient(life.settings.mlflow_tracking_uri.get_secret_value())
    model = client.get_logged_model(broken.source.removeprefix("models:/"))
    folder = Path(model.artifact_location.removeprefix("file://"))
    away = folder.with_name("away")
    folder.rename(away)
    with pytest.raises(PartlyDoneError, match=f"{TYPE}: .*cannot be loaded"):
        promote(life.settings, as_of=challenger)
    away.rename(folder)
    assert life.history()[-1][:3] == ("keep", "1", "1")
    assert life.alias() == life.champion() == "1"


def test_with_the_registry_down_every_champion_stays_and_that_is_written_down(life: Lifecycle):
    down = life.workspace.settings(MLFLOW_TRACKING_URI="sqlite:////dev/null/mlflow.db")
    count = len(life.history())
    with pytest.raises(ArepasError, match="cannot be reached"):
        promote(down, as_of=LAST)
    assert len(life.history()) == count + 1
    assert life.history()[-1][:3] == ("keep", "1", "1")
    assert life.alias() == "1"
