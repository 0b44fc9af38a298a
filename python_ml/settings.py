"""Settings: the one place that reads the environment and `settings.toml`.

`make docs-tables` makes `docs/settings.md` and `.env.example` of what stands here.
"""

import os
import re
from collections.abc import Mapping
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from python_ml import variables as kinds
from python_ml.errors import InputError
from python_ml.files import holds_files
from python_ml.modelling import (
    BacktestSettings,
    DataCheck,
    DataChecks,
    MonitoringSettings,
    PromotionSettings,
    ShareCheck,
    TrainingSettings,
)
from python_ml.variables import PROJECT_DIR, SQLITE

MODELLING = "python_ml/settings.toml"
# What the demo reads and writes, so that it never mixes with files of one's own. What people look
# at (BI_PATH, PUBLIC_DIR) is replaced whole by whichever ran last.
DEMO_PLACES = {
    "RAW_DATA_DIR": "data/demo/raw",
    "WAREHOUSE_PATH": "data/demo/warehouse.duckdb",
    "MLFLOW_TRACKING_URI": "sqlite:///data/demo/mlflow.db",
    "MLFLOW_ARTIFACT_ROOT": "data/demo/mlartifacts",
    "REPORTS_DIR": "data/demo/reports",
    "SPARK_DIR": "data/demo/spark",
}
# Hidden, so that it is no raw file: says that a raw folder holds a demo fleet, and which.
DEMO_MARKER = ".demo-fleet.json"
UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}


def _setting(group: str, name: str, default: Any, description: str) -> Any:  # noqa: ANN401
    """Describe a setting: the docs' group, the default as somebody would write it, its meaning."""
    return Field(
        default,
        validation_alias=name,
        description=description,
        json_schema_extra={"group": group},
    )


_place = partial(_setting, "Where things are")
_scope = partial(_setting, "What is modelled")
_limit = partial(_setting, "Limits")
_telling = partial(_setting, "What a run tells of itself")
_endpoint = partial(_setting, "The endpoint (make serve)")
_page = partial(_setting, "The page and the mail")
_orders = partial(_setting, "Work orders (make orders)")
_spark = partial(_setting, "The Spark target (make setup-spark), which the default never needs")
_table = partial(_setting, f"How we model ({MODELLING})", default=...)


class Settings(BaseSettings):
    """Everything a run needs to know about its surroundings; places are absolute.

    `load_settings` makes it.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        toml_file=PROJECT_DIR / MODELLING,
    )

    # fmt: off
    raw_data_dir: kinds.RawDataDir = _place("RAW_DATA_DIR", "data/raw",
        "The folder of the raw files. A folder that is named here has to be there. Not set, and no"
        " raw files in data/raw: a demo fleet, which has all its places in data/demo. Spark takes"
        " addresses, too, such as s3a://lake/raw.")
    raw_data_address: kinds.RawDataAddress = _place("RAW_DATA_DIR", "data/raw",
        "The same where it is an address; raw_data_dir is no folder then.")
    raw_layouts_file: kinds.OptionalPlace = _place("RAW_LAYOUTS", "",
        "A TOML file that says how other systems' exports in RAW_DATA_DIR become our tables"
        " (docs/layouts.md). Empty: all files are in our own form.")
    pull_sources_file: kinds.OptionalPlace = _place("PULL_SOURCES", "",
        "A TOML file of the databases and shares that `make pull` brings into RAW_DATA_DIR"
        " (docs/pull.md).")
    warehouse_path: kinds.Place = _place("WAREHOUSE_PATH", "data/warehouse.duckdb",
        "The file that the run works in; nobody else opens it.")
    bi_path: kinds.Place = _place("BI_PATH", "data/bi.duckdb",
        "The file that people and BI tools open.")
    publish_url: kinds.PostgresUrl = _place("PUBLISH_URL", "",
        "A Postgres server that gets the tables of BI_PATH as well, in schema bi:"
        " postgresql://user:password@host/database. Empty: none.")
    mlflow_tracking_uri: kinds.TrackingUri = _place("MLFLOW_TRACKING_URI",
        "sqlite:///data/mlflow.db",
        "MLflow's store of the models: a file, a database or a server.")
    mlflow_artifact_root: kinds.ArtifactRoot = _place("MLFLOW_ARTIFACT_ROOT", "data/mlartifacts",
        "Where MLflow keeps the models' files.")
    reports_dir: kinds.Place = _place("REPORTS_DIR", "reports",
        "Reports and digests, a folder a day.")
    public_dir: kinds.Place = _place("PUBLIC_DIR", "public",
        "The site: everything that can be published.")
    time_zone: kinds.TimeZone = _place("TZ", "",
        "The kitchens' time zone, for instance America/Bogota: it says which day is today. Not set:"
        " the machine's.")

    arepa_types_file: kinds.OptionalPlace = _scope("AREPA_TYPES", "",
        "A text file of arepa types, one a line or comma-separated, a name with a comma in quotes."
        " Empty: the seed seeds/arepa_types.csv rules.")
    phases: kinds.Phases = _scope("PHASES", "1",
        "Phases (1, 2, 3) whose machines are modelled, comma-separated.")
    metrics: kinds.Metrics = _scope("METRICS", "metric_1,metric_2",
        "The metrics that the machines report: names of columns, comma-separated, such as"
        " oven_temperature,motor_current. What people call them stands in seeds/metrics.csv.")
    horizon_days: Annotated[int, kinds.whole_number(1, 365)] = _scope("HORIZON_DAYS", "7",
        "A breakdown within this many days counts.")
    promotion_mode: Annotated[str, kinds.one_of("auto", "manual")] = _scope(
        "PROMOTION_MODE", "auto",
        "auto: a challenger that earned it becomes champion; manual: `make approve` decides.")

    quarantine_limit: kinds.Share = _limit("QUARANTINE_LIMIT", "0.05",
        "Share of quarantined lines over which the day fails before scoring.")
    alert_probability: kinds.Share = _limit("ALERT_PROBABILITY", "0.8",
        "A probability from here on is told at once, once for each alarm of a machine.")

    log_level: Annotated[
        str, kinds.one_of("DEBUG", "INFO", "WARNING", "ERROR", spelt=str.upper)
    ] = _telling("LOG_LEVEL", "INFO",
        "DEBUG shows tracebacks; INFO, WARNING, ERROR say less.")
    log_format: Annotated[str, kinds.one_of("text", "json")] = _telling("LOG_FORMAT", "text",
        "text for people, json for machines (one object a line).")
    pushgateway_url: kinds.OptionalAddress = _telling("PUSHGATEWAY_URL", "",
        "A Prometheus push gateway that hears how each run went, such as http://pushgateway:9091")

    host: str = _endpoint("HOST", "127.0.0.1",
        "The address that it listens on.")
    port: Annotated[int, kinds.whole_number(1, 65535)] = _endpoint("PORT", "8000",
        "The port that it listens on.")
    api_keys: kinds.ApiKeys = _endpoint("API_KEYS", "",
        "Keys of who may write, comma-separated: each as it is (20 characters or more) or as"
        " sha256:<its hash>.")
    are_reads_guarded: kinds.YesOrNo = _endpoint("API_KEYS_FOR_READS", "no",
        "yes: reading needs a key too.")
    rate_limit: kinds.Rate = _endpoint("RATE_LIMIT", "600/minute",
        "Requests per client address: <number>/<second|minute|hour|day>, or none.")
    max_request_bytes: Annotated[int, kinds.whole_number(1000, 1_000_000_000)] = _endpoint(
        "MAX_REQUEST_BYTES", "5000000",
        "The largest request that is read.")
    champion_poll_s: Annotated[int, kinds.whole_number(1, 86_400)] = _endpoint(
        "CHAMPION_POLL_SECONDS", "5",
        "How often the registry is asked whether a champion's alias has moved.")
    trusted_proxies: kinds.Networks = _endpoint("TRUSTED_PROXIES", "",
        "Proxies whose X-Forwarded-For names the client, addresses or networks, comma-separated."
        " Empty: none.")
    answers_url: kinds.WebAddress = _endpoint("ANSWERS_URL", "",
        "Where kitchens reach the endpoint, for the links with which they answer stops. Empty: no"
        " links.")
    answers_key: kinds.SigningKey = _endpoint("ANSWERS_KEY", "",
        "What those links are signed with, the same for the morning and the endpoint (openssl rand"
        " -hex 32).")

    currency: kinds.Currency = _page("CURRENCY", "USD",
        "The currency of seeds/maintenance_costs.csv, as three letters (ISO 4217): what stops save"
        " is told in it.")
    site_url: kinds.SiteUrl = _page("SITE_URL", "",
        "Where the site is served, for links in mails. Empty: mails name the file.")
    answers_to: str = _page("ANSWERS_TO", "",
        "Mail address that answers to planned stops are prepared for.")
    recipients_file: kinds.Place = _page("RECIPIENTS_FILE", "seeds/recipients.csv",
        "Who gets the digest of which kitchen, in which language.")
    notify_urls: kinds.NotifyUrls = _page("NOTIFY_URLS", "",
        "How to reach them: name=url entries with blanks between them, URLs as Apprise takes them"
        " (mailto, msteams, slack, json …). The entry `mail` sends to recipients that are mail"
        " addresses, put in for {address}. Empty: digests are only written to REPORTS_DIR.")

    orders_dir: kinds.Place = _orders("ORDERS_DIR", "data/orders",
        "The morning's new work orders, as <day>.csv and <day>.json.")
    orders_url: kinds.WebAddress = _orders("ORDERS_URL", "",
        "Where the maintenance system takes an order as JSON; each morning posts its own then."
        " Empty: files alone.")
    orders_token: SecretStr = _orders("ORDERS_TOKEN", "",
        "What it is shown as Authorization: Bearer. Empty: nothing.")
    orders_layout: kinds.OptionalPlace = _orders("ORDERS_LAYOUT", "",
        "A TOML file with the other system's names for an order's fields (docs/orders.md). Empty:"
        " our own.")

    spark_dir: kinds.Place = _spark("SPARK_DIR", "data/spark",
        "Tables, metastore, configuration and event logs.")
    spark_master: kinds.SparkMaster = _spark("SPARK_MASTER", "local-cluster[2,1,1024]",
        "Where it runs: two processes on this machine, or spark://host:7077.")
    spark_settings_file: kinds.OptionalPlace = _spark("SPARK_SETTINGS_FILE", "",
        "A file of further settings, as spark-defaults.conf has them (memory, an object store);"
        " they win.")

    training: TrainingSettings = _table("training", description="How models are fitted.")
    backtest: BacktestSettings = _table("backtest", description="How the past is replayed.")
    promotion: PromotionSettings = _table("promotion",
        description="What a challenger has to show.")
    monitoring: MonitoringSettings = _table("monitoring",
        description="What is watched after a training, and when it is time for the next.")
    checks: DataChecks = _table("data_checks",
        description="What is checked each morning before scoring, and what a finding does.")
    # fmt: on

    @field_validator("bi_path")
    @classmethod
    def _is_no_warehouse(cls, path: Path, info: ValidationInfo) -> Path:
        """What is published is replaced whole: never the file that the run works in."""
        warehouse = info.data.get("warehouse_path")
        if warehouse is not None and path.resolve() == warehouse.resolve():
            raise ValueError(
                f"={path}: is WAREHOUSE_PATH, too, and each morning replaces what is published;"
                " name another file"
            )
        return path

    def replace(self, **changes: object) -> Self:
        """Make a copy with other values, which are taken as they are."""
        if unknown := changes.keys() - type(self).model_fields.keys():
            raise TypeError(f"Settings has no field {', '.join(sorted(unknown))}")
        return self.model_copy(update=changes)

    @property
    def is_demo(self) -> bool:
        """Whether the raw folder is the demo's own: no other is ever filled with a demo fleet."""
        return self.raw_data_dir == PROJECT_DIR / DEMO_PLACES["RAW_DATA_DIR"]

    @property
    def state_dir(self) -> Path:
        """Folder beside the warehouse for what the run itself leaves: dbt's files, the lock."""
        return self.warehouse_path.parent / f".{self.warehouse_path.stem}"

    @property
    def mlflow_store_file(self) -> Path | None:
        """File of MLflow's own tables, an SQLite one; None where a server keeps them."""
        uri = self.mlflow_tracking_uri.get_secret_value()
        return Path(uri.removeprefix(SQLITE)) if uri.startswith(SQLITE) else None

    @property
    def mlflow_artifact_folder(self) -> Path | None:
        """Folder of the models' files; None where they lie elsewhere."""
        address = urlsplit(self.mlflow_artifact_root)
        return Path(unquote(address.path)) if address.scheme == "file" else None

    @property
    def publish_deadline(self) -> time:
        """Local time by which the plan of the day is to be published."""
        return self.checks.published_late.deadline

    @property
    def readings_win_days(self) -> int:
        """The days of readings after which a machine that is down by the log counts as running."""
        return self.checks.cooking_while_down.readings_win_days

    @property
    def data_checks(self) -> tuple[DataCheck, ...]:
        """The checks of a morning's data; the limit of one is a variable, that of one a time."""
        shares = ("quarantine_share", "kind_share", "nothing_kept", "held_kitchens")
        limits = dict.fromkeys(shares, self.quarantine_limit) | {"published_late": 0.0}
        return tuple(
            DataCheck(
                name,
                check.severity,
                check.limit if isinstance(check, ShareCheck) else limits[name],
            )
            for name, check in vars(self.checks).items()
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What `load_settings` was given, then `settings.toml`."""
        try:
            modelling = TomlConfigSettingsSource(settings_cls)
        except ValueError as error:
            raise InputError(f"{MODELLING}: {error}") from error
        if misplaced := modelling.toml_data.keys() & set(known_variables()):
            raise InputError(
                f"{MODELLING}: {', '.join(sorted(misplaced))}: belongs in the environment"
            )
        return init_settings, modelling


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; a variable that is blank counts as not set.

    Without RAW_DATA_DIR and without raw files the demo's places take that of the defaults.

    Args:
        environment: All variables, where they are not those of this process.

    Raises:
        InputError: Values that cannot be used; all of them are named.
    """
    try:
        return _read(os.environ if environment is None else environment)
    except ValidationError as error:
        raise InputError(*_problems(error).values()) from error


def load_settings_of_own() -> Settings:
    """Read the settings as if there were no demo: without RAW_DATA_DIR, its default."""
    raw = os.environ.get("RAW_DATA_DIR", "").strip()
    return load_settings(
        {**os.environ, "RAW_DATA_DIR": raw or Settings.model_fields["raw_data_dir"].default}
    )


def load_usable_settings() -> Settings:
    """Read the settings with defaults in place of variables that cannot be used."""
    unusable = find_unusable_variables(os.environ)
    return load_settings(
        {name: value for name, value in os.environ.items() if name not in unusable}
    )


def find_unusable_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Find the variables whose values cannot be used, each with what is wrong."""
    try:
        _read(environment)
    except ValidationError as error:
        problems = _problems(error)
        return {name: problems[name] for name in known_variables() if name in problems}
    return {}


def known_variables() -> tuple[str, ...]:
    """List the names of all variables that settings come from."""
    # All but the tables of settings.toml have a default; of two fields that read one, one counts.
    fields = Settings.model_fields.values()
    return tuple({str(field.validation_alias): None for field in fields if not field.is_required()})


def _read(environment: Mapping[str, str]) -> Settings:
    texts = {name: environment.get(name, "").strip() for name in known_variables()}
    given = {name: text for name, text in texts.items() if text}
    values: dict[str, Any] = _demo_places(given) | given
    return Settings(**values)


def _demo_places(given: Mapping[str, str]) -> dict[str, str]:
    """The demo's places that are not given otherwise; none where somebody's own files are.

    Where a warehouse has been made of files of one's own, an empty folder is one that was forgotten
    or not mounted, and no invented readings may stand in for it.
    """
    fields = Settings.model_fields
    raw = PROJECT_DIR / fields["raw_data_dir"].default
    has_demo = (raw / DEMO_MARKER).exists()
    is_own = (PROJECT_DIR / fields["warehouse_path"].default).exists() or (
        holds_files(raw) and not has_demo
    )
    if "RAW_DATA_DIR" in given or is_own:
        return {}
    known = {*given, "RAW_DATA_DIR"} if has_demo else {*given}
    return {name: place for name, place in DEMO_PLACES.items() if name not in known}


def _problems(error: ValidationError) -> dict[str, str]:
    """Say what is wrong, by variable or by key of `settings.toml`."""
    problems = {}
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        what = problem["msg"].removeprefix("Value error, ")
        if name not in known_variables():
            what = "no such key; correct it" if problem["type"] in UNKNOWN_KEY else what
            name, what = f"{MODELLING}: {name}", f": {what}"
        problems[name] = f"{name}{what}"
    return problems


def parse_date(name: str, text: str) -> date:
    """Read a day written as `YYYY-MM-DD`.

    Raises:
        InputError: The text is no such day.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise InputError(f"{name}={text!r} is not a day: write it as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name}={text!r} is not a day of the calendar: {error}") from error


def parse_count(name: str, text: str) -> int:
    """Read a whole number from 1 on.

    Raises:
        InputError: The text is no such number.
    """
    try:
        return kinds.read_whole_number(text, 1, 1_000_000)
    except ValueError as error:
        raise InputError(f"{name}{error}") from error
