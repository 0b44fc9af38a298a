"""Which models score a morning: its champion and its challenger, whatever the registry holds."""

from datetime import date

from python_ml.engines.marts import read_parts
from python_ml.engines.model_files import (
    CHALLENGER,
    CHAMPION,
    KeptModels,
    LoadedModel,
    Models,
    RegisteredModel,
    find_lost_part,
    find_misfit,
    find_unmade,
)
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, UnreachableRegistryError
from python_ml.lifecycle.history import check_identity, find_reign, read_champions
from python_ml.settings import Settings

ALIASES = (CHAMPION, CHALLENGER)


class LiveModels:
    """One arepa type's champion and challenger of each morning, each loaded once."""

    def __init__(
        self,
        source: Models,
        warehouse: Warehouse,
        arepa_type: str,
        settings: Settings,
    ) -> None:
        self.problems: list[str] = []
        self._source = source
        self.parts = read_parts(warehouse)
        self._kept = KeptModels(settings)
        self._arepa_type = arepa_type
        self._settings = settings
        self._champions = read_champions(warehouse, arepa_type)
        self._by_alias = {alias: self._find(alias) for alias in ALIASES}
        self._loaded: dict[str, LoadedModel | None] = {}
        self._found: dict[tuple[date, str], LoadedModel | None] = {}

    def champion_on(self, day: date) -> LoadedModel | None:
        """The champion of a morning: the history's or, before any history, the alias's."""
        reign = find_reign(self._champions, day)
        if reign is not None:
            return self._load_version(*reign)
        return self._load_known_on(day, self._by_alias[CHAMPION])

    def challenger_on(self, day: date) -> LoadedModel | None:
        """The challenger of a morning, if it is not the champion itself."""
        challenger = self._load_known_on(day, self._by_alias[CHALLENGER])
        champion = self.champion_on(day)
        if challenger and champion and challenger.registered == champion.registered:
            return None
        return challenger

    def _find(self, alias: str) -> RegisteredModel | None:
        try:
            return self._source.find(self._arepa_type, alias)
        except UnreachableRegistryError:
            raise
        except ArepasError as error:
            self.problems.append(str(error))
        return None

    def _load_known_on(self, day: date, model: RegisteredModel | None) -> LoadedModel | None:
        """Load a model unless it was trained later: it would know the future."""
        if model is None or model.tags["trained_as_of"] > day.isoformat():
            return None
        return self._load(model)

    def _load_version(self, since: date, version: str) -> LoadedModel | None:
        """Load the version that became champion on a morning, if it is still there."""
        if (since, version) not in self._found:
            self._found[since, version] = None
            try:
                model = self._source.find_version(self._arepa_type, version)
                self._found[since, version] = self._load(check_identity(model, since))
            except UnreachableRegistryError:
                raise
            except ArepasError as error:  # the history is older than the registry
                self.problems.append(f"{error}; run `make retrain`")
        return self._found[since, version]

    def _load(self, model: RegisteredModel) -> LoadedModel | None:
        if model.version not in self._loaded:
            self._loaded[model.version] = None
            if (misfit := find_misfit(model, self._settings)) is not None:
                self.problems.append(f"{model} {misfit}: run `make retrain`")
            else:
                self._loaded[model.version] = self._check(self._read(model))
        return self._loaded[model.version]

    def _check(self, loaded: LoadedModel | None) -> LoadedModel | None:
        """Leave out a model of a metric that there is no more; tell of parts that it misses."""
        if loaded is None:
            return None
        model = loaded.registered
        if (unmade := find_unmade(loaded.columns, self._settings)) is not None:
            self.problems.append(f"{model} {unmade}: set METRICS back or run `make retrain`")
            return None
        if (lost := find_lost_part(model, self.parts)) is not None:
            self.problems.append(f"{model} {lost}: run `make retrain`")
        return loaded

    def _read(self, model: RegisteredModel) -> LoadedModel | None:
        try:
            loaded = self._source.load(model)
        except UnreachableRegistryError:
            raise
        except ArepasError as error:
            self.problems.append(str(error))
            return self._read_copy(model)
        if model.version == self._newest_champion():
            self._source.keep(model)
        return loaded

    def _read_copy(self, model: RegisteredModel) -> LoadedModel | None:
        """Load the kept copy of a version whose files are not what they were, if it is kept."""
        if not self._kept.is_kept(model):
            return None
        try:
            loaded = self._kept.load(model)
        except ArepasError as error:
            self.problems.append(str(error))
            return None
        self.problems.append(f"{model}: the copy kept in {self._kept.folder} scored in its place")
        return loaded

    def _newest_champion(self) -> str | None:
        if self._champions:
            return self._champions[-1][1]
        alias = self._by_alias[CHAMPION]
        return alias.version if alias else None
