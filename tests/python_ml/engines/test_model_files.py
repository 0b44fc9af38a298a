"""A model's file: loaded only as it was registered; and the copies beside the warehouse."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import sklearn
from sklearn.dummy import DummyClassifier

from python_ml.engines.model_files import (
    CHALLENGER,
    CHAMPION,
    DIGEST_TAG,
    KeptModels,
    LoadedModel,
    ModelFile,
    RegisteredModel,
    check_tags,
    load_file,
    take_inputs,
    write_parts,
)
from python_ml.errors import ArepasError
from python_ml.learning.columns import PART_CLOCKS, feature_hash
from tests.conftest import Workspace

COLUMNS = ("metric_1_mean_7d",)
TAGS = {
    "trained_as_of": "2026-11-01",
    "fitted_from": "2026-01-01",
    "fitted_to": "2026-09-01",
    "horizon_days": "7",
    "feature_hash": feature_hash(COLUMNS),
}
FILE = ModelFile(pickle.dumps(DummyClassifier(constant=1)), COLUMNS, sklearn.__version__)


def make_version(version: str, file: ModelFile = FILE, **tags: str) -> RegisteredModel:
    return RegisteredModel("a/1", "arepas__a%2F1", version, TAGS | {DIGEST_TAG: file.digest} | tags)


class Trap:
    """What runs when its pickle is loaded."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.sprung,)


def test_a_file_is_loaded_where_digest_and_columns_are_those_that_were_registered():
    loaded = load_file(make_version("1"), FILE)
    assert loaded.columns == COLUMNS
    assert loaded.estimator.constant == 1


def test_another_file_is_named_and_not_run(tmp_path: Path):
    trap = replace(FILE, pickled=pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(ArepasError, match="version 1: cannot be loaded, its file is not the one"):
        load_file(make_version("1"), trap)
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(ArepasError, match="does not name the columns"):
        load_file(make_version("1", feature_hash="0123456789ab"), FILE)


def test_a_version_from_before_digests_is_loaded_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    older = RegisteredModel("a1", "arepas__a1", "1", TAGS)
    trap = replace(FILE, pickled=pickle.dumps(Trap(tmp_path / "sprung")))
    load_file(older, trap)
    assert (tmp_path / "sprung").exists()  # the trap is one
    assert "arepas__a1 version 1: registered without a digest" in caplog.text


@pytest.mark.parametrize(
    ("fitted_with", "is_other"),
    [(sklearn.__version__, False), (f"{sklearn.__version__}.post1", False), ("1.8.0", True)],
)
def test_a_file_of_another_scikit_learn_says_so(fitted_with: str, is_other: bool):
    file = replace(FILE, pickled=b"unreadable", sklearn_version=fitted_with)
    assert file.is_of_other_sklearn() == is_other
    with pytest.raises(ArepasError) as caught:
        load_file(make_version("1", file), file)
    assert ("fitted with scikit-learn 1.8.0" in str(caught.value)) == is_other


@pytest.mark.parametrize(
    ("tag", "value", "fault"),
    [
        ("trained_as_of", None, "is missing"),
        ("trained_as_of", "yesterday", "says 'yesterday'"),
        ("horizon_days", "a week", "says 'a week'"),
        ("stop_threshold_probability", "high", "says 'high'"),
        ("phases", "all", "says 'all'"),
        ("parts", "[]", "says '[]'"),
    ],
)
def test_a_version_that_people_made_is_refused_by_name(tag: str, value: str | None, fault: str):
    tags = {name: told for name, told in TAGS.items() if name != tag}
    tags |= {tag: value} if value is not None else {}
    with pytest.raises(ArepasError) as caught:
        check_tags(RegisteredModel("a1", "arepas__a1", "3", tags))
    said = f"arepas__a1 version 3: not made by `make train` (its tag {tag} {fault})"
    assert said in str(caught.value)


@pytest.fixture
def kept(tmp_path: Path) -> KeptModels:
    return KeptModels(Workspace(tmp_path).settings())


def test_one_champion_of_each_type_is_kept_and_asked_for_like_the_registry(kept: KeptModels):
    first, second = make_version("1"), make_version("2")
    assert not kept.is_kept(first)
    kept.write(first, FILE)
    assert kept.is_kept(first)
    kept.write(second, FILE)
    assert kept.find("a/1", CHAMPION) == second == kept.find_version("a/1", "2")
    assert kept.find("a/1", CHALLENGER) is None
    assert kept.find("a/2", CHAMPION) is None
    assert kept.review_versions() == ([second], [])
    assert not kept.is_kept(first)
    with pytest.raises(ArepasError, match="version 1, is not kept"):
        kept.find_version("a/1", "1")
    assert kept.load(second).estimator.constant == 1


def test_a_copy_of_another_file_than_is_registered_now_is_none(kept: KeptModels):
    kept.write(make_version("1"), FILE)
    assert not kept.is_kept(make_version("1", **{DIGEST_TAG: "0" * 64}))


def cut_off(path: Path) -> None:
    path.write_text("{")


def exchange(path: Path) -> None:
    path.with_suffix(".pkl").write_bytes(b"another")


@pytest.mark.parametrize("spoil", [cut_off, exchange, Path.unlink])
def test_a_damaged_copy_is_named_and_not_loaded(kept: KeptModels, spoil: Callable[[Path], None]):
    model = make_version("1")
    kept.write(model, FILE)
    spoil(kept.folder / f"{model.name}.json")
    with pytest.raises(ArepasError):
        kept.load(model)
    kept.write(model, FILE)
    assert kept.load(model).columns == COLUMNS


@pytest.mark.parametrize(
    ("parts", "own_numbers"),
    [
        ({}, [1.0, 2.0, 3.0, 4.0]),
        ({1: ["arm", "belt"]}, [1.0, 2.0, 3.0, 4.0]),
        ({1: ["arm", "belt", "valve", "lid"]}, [1.0, 2.0, 3.0, 4.0]),
        ({1: ["valve", "arm", "belt"]}, [2.0, 3.0, None, None]),
        ({1: ["belt", "valve"]}, [None, 1.0, None, None]),
    ],
)
def test_a_part_s_clock_goes_under_the_number_that_it_had_in_training(
    parts: dict[int, list[str]], own_numbers: list[float | None]
):
    model = make_loaded({1: ["arm", "belt"]})
    # As kept inputs are read: what is missing is None.
    told = [[1, 9.0, 1.0, 2.0, 3.0, 4.0], [1, None, *[None] * 4], [2, 8.0, 1.0, 2.0, 3.0, 4.0]]
    rows = pd.DataFrame(told, dtype=object)
    rows.columns = ["phase", "metric_1_mean_7d", *PART_CLOCKS]
    taken = take_inputs(model, rows, parts)
    assert list(taken) == list(model.columns)
    told = [[None if pd.isna(value) else value for value in row] for row in taken.to_numpy()]
    assert told == [[9.0, *own_numbers], [None] * 5, [8.0, 1.0, 2.0, 3.0, 4.0]]


def make_loaded(parts: dict[int, list[str]]) -> LoadedModel:
    model = RegisteredModel("a1", "arepas__a1", "1", {"parts": write_parts(parts)})
    return LoadedModel(model, None, ("metric_1_mean_7d", *PART_CLOCKS))
