"""What is said beside the true hazard, where luck has no part."""

import numpy as np
import pandas as pd
from scipy.special import rel_entr
from sklearn.metrics import average_precision_score

SUREST = 1e-9  # what may be said of nothing, or it loses all


def find_without_luck(truth: pd.Series, said: pd.Series) -> float:
    """Share of the hazard's average precision, each morning a breakdown by its hazard."""
    came = np.repeat([True, False], len(truth))
    weights = np.concatenate([truth, 1 - truth])
    of_said, of_truth = (
        average_precision_score(came, np.tile(each, 2), sample_weight=weights)
        for each in (said, truth)
    )
    return of_said / of_truth


def lose(truth: pd.Series, said: pd.Series) -> float:
    """Divide the relative entropy of what is said to the hazard by the hazard's own entropy."""
    said = said.clip(SUREST, 1 - SUREST)
    own = rel_entr(truth, 1) + rel_entr(1 - truth, 1)
    return (rel_entr(truth, said) + rel_entr(1 - truth, 1 - said)).sum() / -own.sum()
