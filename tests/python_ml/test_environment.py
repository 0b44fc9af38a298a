"""Variables that are there for a while."""

import os

import pytest

from python_ml.environment import environment_with


def test_afterwards_each_is_what_it_was_and_others_are_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KEPT", "before")
    monkeypatch.delenv("NEW", raising=False)
    monkeypatch.delenv("OTHER", raising=False)
    with pytest.raises(KeyError), environment_with({"KEPT": "meanwhile", "NEW": "meanwhile"}):
        assert (os.environ["KEPT"], os.environ["NEW"]) == ("meanwhile", "meanwhile")
        monkeypatch.setenv("OTHER", "set by a library")
        raise KeyError
    assert (os.environ["KEPT"], os.environ["OTHER"]) == ("before", "set by a library")
    assert "NEW" not in os.environ
