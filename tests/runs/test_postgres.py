"""The documented Postgres for MLflow, for real: Debian's, on loopback, in a temporary folder."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from python_ml.engines.registry import CHAMPION, Registry
from tests.conftest import Workspace
from tests.postgres import is_installed
from tests.python_ml.engines.test_registry import ROWS, register

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_installed(),
        reason="not run: no Postgres; `apt-get install postgresql` brings it",
    ),
    # MLflow's own, when it imports what logs models.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred"),
]


def test_models_are_registered_promoted_and_loaded_through_postgres(postgres: str, tmp_path: Path):
    settings = Workspace(tmp_path).settings(MLFLOW_TRACKING_URI=postgres)
    registry = Registry(settings)
    challenger = register(registry, "a1")
    registry.promote(challenger)
    champion = Registry(settings).find("a1", CHAMPION)
    assert champion == challenger
    assert registry.find_champions() == {"a1": "1"}
    loaded = registry.load(champion)
    np.testing.assert_array_equal(
        loaded.estimator.predict_proba(ROWS),
        registry.kept.load(champion).estimator.predict_proba(ROWS),
    )
    assert registry.find_newest("a1", date(2026, 11, 20)) == challenger
