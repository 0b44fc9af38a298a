"""What a model is outside the registry: its tags, its file, and the copies beside the warehouse.

A model's file is a pickle: whoever loads it runs what it says. So nothing is loaded whose digest is
not the one that was written down when the model was registered.
"""

import hashlib
import json
import logging
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any, Protocol

import pandas as pd
import sklearn

from python_ml.errors import ArepasError, counted
from python_ml.files import write_whole
from python_ml.learning.columns import PART_CLOCKS, feature_hash, model_columns
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

CHAMPION = "champion"
CHALLENGER = "challenger"
MODEL_FILE = "model.pkl"
DIGEST_TAG = "model_sha256"
# What is said of the twin that a model was judged by bears the name of what is said of the model.
JUDGED = "judged_"
TWIN_TAG = f"{JUDGED}model"
# By phase, what its parts are called, in the order of their numbers.
Parts = Mapping[int, Sequence[str]]


def write_phases(phases: Iterable[int]) -> str:
    """Write phases as the tag of a model does, which is how PHASES names them."""
    return ",".join(map(str, sorted(phases)))


def read_phases(told: str) -> set[int]:
    """Read the tag again.

    Raises:
        ValueError: It names something else.
    """
    return set(map(int, told.split(",")))


def write_parts(parts: Parts) -> str:
    """Write what phases' parts are called as the tag of a model does: JSON."""
    return json.dumps(parts)


def read_parts(told: str) -> Parts:
    """Read the tag again.

    Raises:
        ValueError: It is something else.
    """
    try:
        return {int(phase): list(names) for phase, names in json.loads(told).items()}
    except (AttributeError, TypeError) as error:
        raise ValueError(told) from error


# What verbs read of a version, and how: without these it was not made by `make train`.
NEEDED_TAGS: Mapping[str, Callable[[str], object]] = {
    "trained_as_of": date.fromisoformat,
    "fitted_from": date.fromisoformat,
    "fitted_to": date.fromisoformat,
    "horizon_days": int,
}
OPTIONAL_TAGS: Mapping[str, Callable[[str], object]] = {
    "fitted_rows": int,
    "fitted_breakdowns": int,
    "stop_threshold_probability": float,
    "phases": read_phases,
    "parts": read_parts,
    f"{JUDGED}fitted_to": date.fromisoformat,
    f"{JUDGED}fitted_rows": int,
    f"{JUDGED}fitted_breakdowns": int,
    f"{JUDGED}stop_threshold_probability": float,
}


@dataclass(frozen=True)
class RegisteredModel:
    """One version of one arepa type's model.

    Attributes:
        arepa_type: The type that it predicts.
        name: Its registered name.
        version: Its version number, as text.
        tags: What was said of it when it was trained, all as text.
    """

    arepa_type: str
    name: str
    version: str
    tags: dict[str, str]

    def __str__(self) -> str:
        """Name it as messages do."""
        return f"{self.name} version {self.version}"

    @property
    def parts(self) -> Parts:
        """What its parts are called; nothing, if of before that was written down."""
        return read_parts(self.tags.get("parts", "{}"))

    @property
    def twin(self) -> "RegisteredModel":
        """What is said of the twin that it was judged by; itself, if of before there were twins."""
        of_twin = {
            name.removeprefix(JUDGED): told
            for name, told in self.tags.items()
            if name.startswith(JUDGED)
        }
        return replace(self, tags=self.tags | of_twin)


@dataclass(frozen=True)
class LoadedModel:
    """A registered model with its fitted pipeline and the columns that it was fitted on."""

    registered: RegisteredModel
    estimator: Any
    columns: tuple[str, ...]


@dataclass(frozen=True)
class ModelFile:
    """What a model is loaded from.

    Attributes:
        pickled: The fitted pipeline.
        columns: The features in the order in which it takes them.
        sklearn_version: The scikit-learn that it was fitted with.
    """

    pickled: bytes
    columns: tuple[str, ...]
    sklearn_version: str

    @property
    def digest(self) -> str:
        """SHA-256 of the pickle, in hexadecimal digits."""
        return hashlib.sha256(self.pickled).hexdigest()

    def is_of_other_sklearn(self) -> bool:
        """Say whether it was fitted with another minor version of scikit-learn than is here."""
        return _minor(self.sklearn_version) != _minor(sklearn.__version__)


def check_tags(model: RegisteredModel) -> RegisteredModel:
    """Refuse a version that lacks what `make train` says of each.

    Raises:
        ArepasError: A tag is missing or says what cannot be read.
    """
    for name, read in {**NEEDED_TAGS, **OPTIONAL_TAGS}.items():
        if name not in model.tags and name in OPTIONAL_TAGS:
            continue
        try:
            read(model.tags[name])
        except (KeyError, ValueError) as error:
            fault = "is missing" if name not in model.tags else f"says {model.tags[name]!r}"
            raise ArepasError(
                f"{model}: not made by `make train` (its tag {name} {fault}); delete that version"
                " in MLflow, or take its alias away"
            ) from error
    return model


def find_misfit(model: RegisteredModel, settings: Settings) -> str | None:
    """Say what a model was trained for, where that is not what is asked for now.

    Models from before their phases were written down are taken to know all that are asked for.
    """
    if (horizon_days := model.tags["horizon_days"]) != str(settings.horizon_days):
        return f"looks {horizon_days} days ahead, HORIZON_DAYS is {settings.horizon_days}"
    phases = model.tags.get("phases")
    if phases is not None and not read_phases(phases).issuperset(settings.phases):
        return f"was trained with PHASES={phases}, PHASES is {write_phases(settings.phases)}"
    return None


def find_lost_part(model: RegisteredModel, parts: Parts) -> str | None:
    """Say of a model which part that it knows has no clock any more, if one has none."""
    for phase, names in model.parts.items():
        for number, name in enumerate(names, start=1):
            if name not in parts.get(phase, ()):
                return (
                    f"was trained when part {number} of phase {phase} was {name}, which has no"
                    " clock now"
                )
    return None


def take_inputs(model: LoadedModel, rows: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """Take a model's columns, each part's clock under the number that it had in training.

    A line of the log that comes late, or a machine that changes its phase or leaves the fleet,
    numbers parts anew.

    Args:
        model: What is to predict.
        rows: Features, with their machines' phases.
        parts: What the parts of the rows are called; where a phase has none, nothing is moved.
    """
    inputs = rows[list(model.columns)].astype(float)
    for phase, own in model.registered.parts.items():
        names = list(parts.get(phase, ()))
        if not names or names[: len(own)] == list(own):
            continue
        is_of_phase = rows["phase"] == phase
        clocks = dict(zip(names, PART_CLOCKS, strict=False))
        for name, clock in zip_longest(own, PART_CLOCKS):
            if clock in inputs:
                known_as = clocks.get(name)
                inputs.loc[is_of_phase, clock] = (
                    float("nan")
                    if known_as is None
                    else rows.loc[is_of_phase, known_as].astype(float)
                )
    return inputs


def find_unmade(columns: Iterable[str], settings: Settings) -> str | None:
    """Say of a model's columns that some are of a metric that METRICS does not name, if so."""
    made = set(model_columns(settings.metrics))
    unmade = [column for column in columns if column not in made]
    if not unmade:
        return None
    count = counted(len(unmade), "column")
    return f"looks at {count}, such as {unmade[0]}, that METRICS does not make"


def load_file(model: RegisteredModel, file: ModelFile) -> LoadedModel:
    """Load a model from its file, after its digest was compared.

    Raises:
        ArepasError: The file is not the one that was registered, or cannot be loaded.
    """
    if DIGEST_TAG not in model.tags:
        logger.warning("%s: registered without a digest, so its file is taken as it is", model)
    elif model.tags[DIGEST_TAG] != file.digest:
        raise ArepasError(
            f"{model}: cannot be loaded, its file is not the one that was registered (SHA-256"
            f" {file.digest[:12]}…, registered {model.tags[DIGEST_TAG][:12]}…); find out who"
            " changed it, put it back or run `make retrain`"
        )
    if model.tags.get("feature_hash", feature_hash(file.columns)) != feature_hash(file.columns):
        raise ArepasError(
            f"{model}: cannot be loaded, its signature does not name the columns that it was"
            " fitted on; run `make retrain`"
        )
    try:
        estimator = pickle.loads(file.pickled)
    except Exception as error:  # a pickle can fail in any way
        raise ArepasError(f"{model}: cannot be loaded ({_explain(file, error)})") from error
    return LoadedModel(model, estimator, file.columns)


def _explain(file: ModelFile, error: Exception) -> str:
    if file.is_of_other_sklearn():
        return (
            f"fitted with scikit-learn {file.sklearn_version}, {sklearn.__version__} is installed:"
            f" run `make retrain`; {error}"
        )
    return f"{type(error).__name__}: {error}"


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


class Models(Protocol):
    """Where a morning's models come from: the registry or, without it, the copies."""

    def find(self, arepa_type: str, alias: str) -> RegisteredModel | None:
        """Find the version of a type that carries an alias."""
        ...

    def find_version(self, arepa_type: str, version: str) -> RegisteredModel:
        """Find one version of a type."""
        ...

    def review_versions(self) -> tuple[list[RegisteredModel], list[str]]:
        """List all versions, and say what is wrong with others."""
        ...

    def load(self, model: RegisteredModel) -> LoadedModel:
        """Load a version."""
        ...

    def keep(self, model: RegisteredModel) -> None:
        """Keep a champion for mornings without the registry."""
        ...


class KeptModels:
    """Copies of the champions beside the warehouse: one of each type, its newest champion."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.state_dir / "champions"

    def keep(self, model: RegisteredModel) -> None:
        """A copy is kept already."""

    def write(self, model: RegisteredModel, file: ModelFile) -> None:
        """Keep a model's file in place of what was kept of its type; the digest goes with it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        tags = model.tags | {DIGEST_TAG: file.digest}
        told = {
            "arepa_type": model.arepa_type,
            "version": model.version,
            "tags": tags,
            "columns": file.columns,
            "sklearn_version": file.sklearn_version,
        }
        # A crash between the two leaves what does not fit together, which the digest tells.
        write_whole(self.folder / f"{model.name}.pkl", file.pickled)
        write_whole(self.folder / f"{model.name}.json", json.dumps(told, indent=1).encode())

    def is_kept(self, model: RegisteredModel) -> bool:
        """Say whether just this version is kept, with the file that was registered."""
        try:
            kept = self._read(model.name)[0]
        except (OSError, ValueError, KeyError):
            return False
        digest = model.tags.get(DIGEST_TAG, kept.tags[DIGEST_TAG])
        return kept.version == model.version and kept.tags[DIGEST_TAG] == digest

    def review_versions(self) -> tuple[list[RegisteredModel], list[str]]:
        """List all kept models, and say which of the copies cannot be read."""
        found, problems = [], []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(check_tags(self._read(path.stem)[0]))
            except (OSError, ValueError, KeyError, ArepasError) as error:
                problems.append(f"{path}: no copy of a champion ({error})")
        return found, problems

    def find(self, arepa_type: str, alias: str) -> RegisteredModel | None:
        """Find the kept champion of a type; challengers are not kept."""
        found, _ = self.review_versions()
        of_type = (model for model in found if model.arepa_type == arepa_type)
        return next(of_type, None) if alias == CHAMPION else None

    def find_version(self, arepa_type: str, version: str) -> RegisteredModel:
        """Find one version.

        Raises:
            ArepasError: It is not the one that is kept.
        """
        kept = self.find(arepa_type, CHAMPION)
        if kept is None or kept.version != version:
            raise ArepasError(
                f"{arepa_type}: its champion, version {version}, is not kept in {self.folder}"
            )
        return kept

    def load(self, model: RegisteredModel) -> LoadedModel:
        """Load a kept model.

        Raises:
            ArepasError: The copy is not that of the registered file, or cannot be loaded.
        """
        try:
            kept, told = self._read(model.name)
            pickled = (self.folder / f"{model.name}.pkl").read_bytes()
            file = ModelFile(pickled, tuple(told["columns"]), told["sklearn_version"])
        except (OSError, ValueError, KeyError) as error:
            raise ArepasError(f"{self.folder}: no copy of {model} ({error})") from error
        return load_file(kept, file)

    def _read(self, name: str) -> tuple[RegisteredModel, dict[str, Any]]:
        told = json.loads((self.folder / f"{name}.json").read_bytes())
        return RegisteredModel(told["arepa_type"], name, told["version"], told["tags"]), told
