"""What an estimator is asked for each morning, whichever it is; pure."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.estimator import predict_probability
from python_ml.learning.reasons import explain, name_parts, to_json, to_text
from python_ml.metric_names import NO_NAMES, MetricNames

BLOCK_ROWS = 8


def answer(
    estimator: Any,  # noqa: ANN401
    inputs: pd.DataFrame,
    names: MetricNames = NO_NAMES,
    parts: Iterable[Sequence[str]] | None = None,
) -> dict[str, list]:
    """Predict and explain rows of features; by column of `ml.predictions`, a value a row.

    A row gets the same bits whatever rows it comes with.

    Args:
        estimator: The fitted pipeline.
        inputs: Its features.
        names: What metrics are called.
        parts: What each row's parts are called, in the order of their numbers, where that is known.
    """
    asked = inputs.iloc[_in_blocks(len(inputs))]
    reasons = explain(estimator, asked)[: len(inputs)]
    if parts is not None:
        reasons = [name_parts(of_row, own) for of_row, own in zip(reasons, parts, strict=True)]
    said = predict_probability(estimator, asked)[: len(inputs)]
    return {
        "failure_probability": said.tolist(),
        "reasons": [to_text(of_row, names) for of_row in reasons],
        "reason_details": [to_json(of_row) for of_row in reasons],
    }


def foresee(estimator: Any, inputs: pd.DataFrame, said: np.ndarray) -> dict[str, list]:  # noqa: ANN401
    """Say when and how surely what was predicted comes, and how worn machines are; by column.

    An estimator of one's own says nothing of it, and its curve is laid out evenly. A row gets the
    same bits whatever rows it comes with.
    """
    if not isinstance(estimator, BlendedClassifier):
        return {}
    places = _in_blocks(len(inputs))
    asked, said = inputs.iloc[places], said[places]
    bounds, health = estimator.predict_bounds(asked, said), estimator.predict_health(asked)
    foreseen = {
        "health_index": health[:, 0].tolist(),
        "health_lower": health[:, 1].tolist(),
        "health_upper": health[:, 2].tolist(),
        "probability_lower": bounds[:, 0].tolist(),
        "probability_upper": bounds[:, 1].tolist(),
        "curve": estimator.predict_curve(asked, said),
    }
    return {name: values[: len(inputs)] for name, values in foreseen.items()}


def _in_blocks(count: int) -> np.ndarray:
    """Place rows in whole blocks, the last row again and again where some are wanting.

    Matrices are multiplied some rows at a time, and those that are left over, or one alone, by
    sums in another order.
    """
    return np.minimum(np.arange(-(-count // BLOCK_ROWS) * BLOCK_ROWS), count - 1)


def rehearse(estimator: Any, inputs: pd.DataFrame) -> None:  # noqa: ANN401
    """Ask an estimator all that a morning will, of some rows and of one without any value.

    Raises:
        ValueError: It answers, but not what a morning can use.
        Exception: Whatever it raises where it does not answer.
    """
    nothing = pd.DataFrame(np.nan, index=[-1], columns=inputs.columns)
    asked = pd.concat([inputs.astype(float), nothing])
    answer(estimator, asked)
    if not np.isfinite(estimator.compute_contributions(asked)).all():
        raise ValueError("compute_contributions gives what is no number")
    estimator.get_params()
