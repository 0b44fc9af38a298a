"""An estimator of one's own in place of the blend: found by its name, fitted type by type; pure.

`docs/estimators.md` says what it has to offer.
"""

import logging
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from python_ml.errors import InputError, one_line
from python_ml.learning.columns import LABEL

logger = logging.getLogger(__name__)


def find_estimator(path: str) -> Callable[[], Any]:
    """Find a class by its dotted path.

    Raises:
        InputError: There is none such, or its module cannot be imported.
    """
    module, _, name = path.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except Exception as error:  # a module of somebody else's may raise anything
        raise InputError(
            f"settings.toml, [training] estimator={path!r}: cannot be found ({one_line(error)});"
            " name a class that Python finds, such as my_estimators.Logistic"
        ) from error


def fit_alone(
    rows: pd.DataFrame, columns: Sequence[str], types: Sequence[str], path: str
) -> dict[str, Any]:
    """Fit an estimator for each type on its own rows; one that cannot be fitted is logged.

    Args:
        rows: Labelled mornings of all types; grain: machine_id, arepa_type, as_of_date.
        columns: The features, in the order in which the estimators take them.
        types: The types with enough history.
        path: The dotted path of the estimator's class.

    Returns:
        The fitted estimators by arepa type.
    """
    make = find_estimator(path)
    fitted = {}
    for arepa_type in types:
        of_type = rows[rows["arepa_type"] == arepa_type]
        try:
            with threadpool_limits(limits=1):
                fitted[arepa_type] = make().fit(
                    of_type[list(columns)].astype(float), of_type[LABEL].to_numpy(bool)
                )
        except Exception as error:
            logger.error("%s: %s cannot be fitted (%s)", arepa_type, path, one_line(error))
            logger.debug("traceback", exc_info=True)
    return fitted
