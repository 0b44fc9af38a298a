"""The five worlds of another kind beside their own hazard: with the wear expert and without."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, brier_score_loss

from benchmarks.quality.workspace import build_warehouse
from benchmarks.quality.worlds import HORIZON, WORLDS, World, simulate_world
from python_ml.demo.files import write_fleet
from python_ml.learning.columns import LABEL, feature_columns, model_columns
from python_ml.learning.estimator import fit_models, predict_probability
from python_ml.modelling import TrainingSettings

AS_OF = date(2026, 11, 20)
DAYS, TEST_DAYS = 548, 120
MACHINE_MORNING = ["machine_id", "as_of_date"]
TRUTH = "breakdown_probability_7_days"


def run_worlds(folder: Path, seeds: range) -> Iterator[str]:
    """Print one line per world, seed and contender: average precision, Brier, calibration."""
    yield "| world | seed | contender | AP | bound | share | Brier : bound | said : came |"
    yield "|---|--:|---|--:|--:|--:|--:|--:|"
    for seed in seeds:
        for world in WORLDS:
            machines = _predict(folder / f"{world.name}_{seed}", world, seed)
            came, truth = machines[LABEL].astype(bool), machines[TRUTH]
            bound = average_precision_score(came, truth)
            for name in ("ours", "ours without wear", "plain trees"):
                said = machines[name]
                found = average_precision_score(came, said)
                error = brier_score_loss(came, said) / brier_score_loss(came, truth)
                yield (
                    f"| {world.name} | {seed} | {name} | {found:.3f} | {bound:.3f}"
                    f" | {found / bound:.0%} | {error:.2f} | {said.mean() / came.mean():.2f} |"
                )


def _predict(folder: Path, world: World, seed: int) -> pd.DataFrame:
    """Fit on what was mature before the test mornings; grain: machine_id, as_of_date.

    What is said of a machine is what is said of the worst of its types.
    """
    fleet = simulate_world(world, seed, as_of=AS_OF, days=DAYS)
    write_fleet(fleet, folder / "raw")
    (folder / "types.txt").write_text("\n".join(f"a{kind + 1}" for kind in range(world.types)))
    metrics = tuple(f"metric_{number + 1}" for number in range(world.metrics))
    settings, frame = build_warehouse(
        folder,
        AS_OF.isoformat(),
        RAW_DATA_DIR=str(folder / "raw"),
        METRICS=",".join(metrics),
        AREPA_TYPES=str(folder / "types.txt"),
    )
    first = AS_OF - timedelta(days=TEST_DAYS + HORIZON)
    rows = frame("select * from features.train_machine_arepa_daily").astype(
        {LABEL: bool, "arepa_type": object, "machine_id": object}
    )
    fitted = rows[pd.to_datetime(rows["label_mature_date"]) <= pd.Timestamp(first)]
    asked = rows[pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(first)]
    own = list(feature_columns(metrics))
    said = {
        "ours": _say(fitted, asked, list(model_columns(metrics)), settings.training),
        "ours without wear": _say(fitted, asked, own, settings.training),
        "plain trees": _say_plainly(fitted, asked, own),
    }
    truth = fleet.truth.to_pandas()
    truth["as_of_date"] = pd.to_datetime(truth["as_of_date"])
    of_machines = {**dict.fromkeys(said, "max"), LABEL: "first"}
    machines = asked.assign(**said).groupby(MACHINE_MORNING, as_index=False).agg(of_machines)
    machines["as_of_date"] = pd.to_datetime(machines["as_of_date"])
    return machines.merge(truth[[*MACHINE_MORNING, TRUTH]], on=MACHINE_MORNING)


def _say(
    fitted: pd.DataFrame, asked: pd.DataFrame, columns: list[str], training: TrainingSettings
) -> np.ndarray:
    models = fit_models(fitted, columns, horizon_days=HORIZON, training=training)
    said = np.full(len(asked), np.nan)
    for name, model in models.items():
        is_own = (asked["arepa_type"] == name).to_numpy()
        said[is_own] = predict_probability(model, asked.loc[is_own, columns].astype(float))
    return said


def _say_plainly(fitted: pd.DataFrame, asked: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    known = [column for column in columns if fitted[column].notna().any()]
    trees = HistGradientBoostingClassifier(random_state=0)
    trees.fit(fitted[known].astype(float), fitted[LABEL])
    return trees.predict_proba(asked[known].astype(float))[:, 1]
