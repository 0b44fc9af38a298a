"""One training alone, as tests of experts ask for it."""

from collections.abc import Sequence

import pandas as pd

from python_ml.learning.estimator import Models, Trainings, fit_in_sequence
from python_ml.modelling import TrainingSettings


def fit_models(
    rows: pd.DataFrame, columns: Sequence[str], *, horizon_days: int, training: TrainingSettings
) -> Models:
    """Fit the models of all types on rows, with no training before."""
    (models,) = fit_in_sequence(
        Trainings([rows]), columns, horizon_days=horizon_days, training=training
    )
    return models
