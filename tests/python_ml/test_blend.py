"""Models that were fitted before the packages are read by the name that their files hold."""

import pickle

import numpy as np
import pytest

import python_ml.blend
from python_ml.learning.blend import BlendedClassifier


def test_a_file_that_names_the_class_s_former_place_is_read_and_predicts_the_same(
    monkeypatch: pytest.MonkeyPatch,
):
    features = np.random.default_rng(0).normal(size=(60, 2))
    model = BlendedClassifier(iterations=3).fit(features, features[:, 0] > 0)
    with monkeypatch.context() as former:
        former.setattr(BlendedClassifier, "__module__", "python_ml.blend")
        packed = pickle.dumps(model)
    assert b"python_ml.blend" in packed
    assert b"python_ml.learning.blend" not in packed
    read = pickle.loads(packed)
    assert type(read) is BlendedClassifier is python_ml.blend.BlendedClassifier
    np.testing.assert_array_equal(read.predict_proba(features), model.predict_proba(features))
