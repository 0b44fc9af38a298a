"""Settings: the one place that reads the environment and `settings.toml`."""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from python_ml.errors import InputError

PROJECT_DIR = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("text", "json")
SPARK_MASTERS = r"local(\[(\*|\d+)(,\d+)?\])?|local-cluster\[\d+,\d+,\d+\]|spark://.+|k8s://.+|yarn"
SHORTEST_API_KEY = 20
SHORTEST_SIGNING_KEY = 32
PROMOTION_MODES = ("auto", "manual")
METRIC_NAME = re.compile(r"metric_[0-9]+")


@dataclass(frozen=True)
class TrainingSettings:
    """How models are fitted, from `settings.toml`.

    Attributes:
        window_days: Days of mornings before the holdout that a model is fitted on.
        holdout_days: Newest mornings, kept apart to compare models.
        minimum_rows: Fewest rows to fit a model on.
        minimum_breakdowns: Fewest rows with a breakdown to fit a model on.
        seed: Seed of everything random.
    """

    window_days: int
    holdout_days: int
    minimum_rows: int
    minimum_breakdowns: int
    seed: int


@dataclass(frozen=True)
class DataCheck:
    """A limit of what a morning's data may look like.

    Attributes:
        name: The check, as in `bi.rpt_data_checks_daily`.
        severity: `stop` ends the day before scoring, `mark` writes the finding down.
        limit: Share, 0 to 1, over which there is a finding.
    """

    name: str
    severity: str
    limit: float


@dataclass(frozen=True)
class BacktestSettings:
    """How the past is replayed, from `settings.toml`.

    Attributes:
        refit_days: Days from one training to the next.
        refit_count: How many trainings before the newest are replayed.
    """

    refit_days: int
    refit_count: int


@dataclass(frozen=True)
class PromotionSettings:
    """What a challenger has to show, from `settings.toml`.

    Attributes:
        margin: Share of the champion's cost that it has to save.
        minimum_breakdowns: Fewest breakdowns to compare two models on.
    """

    margin: float
    minimum_breakdowns: int


@dataclass(frozen=True)
class Settings:
    """Everything a run needs to know about its surroundings; places are absolute.

    Where RAW_DATA_DIR is on another file system, `raw_data_address` says it and `raw_data_dir` is
    no folder.
    """

    raw_data_dir: Path
    raw_data_address: str | None
    warehouse_path: Path
    bi_path: Path
    mlflow_tracking_uri: str
    mlflow_artifact_root: str
    reports_dir: Path
    public_dir: Path
    arepa_types_file: Path | None
    phases: tuple[int, ...]
    metrics: tuple[str, ...]
    horizon_days: int
    data_checks: tuple[DataCheck, ...]
    publish_deadline: time
    log_level: str
    log_format: str
    pushgateway_url: str | None
    host: str
    port: int
    api_keys: tuple[str, ...] = field(repr=False)
    are_reads_guarded: bool
    rate_limit: str | None
    max_request_bytes: int
    champion_poll_s: int
    trusted_proxies: tuple[str, ...]
    answers_url: str
    answers_key: str = field(repr=False)
    time_zone: str | None
    site_url: str
    answers_to: str
    recipients_file: Path
    notify_urls: tuple[tuple[str, str], ...] = field(repr=False)
    alert_probability: float
    promotion_mode: str
    spark_dir: Path
    spark_master: str
    spark_settings_file: Path | None
    training: TrainingSettings
    backtest: BacktestSettings
    promotion: PromotionSettings

    @property
    def state_dir(self) -> Path:
        """Folder beside the warehouse for what the run itself leaves: dbt's files, the lock."""
        return self.warehouse_path.parent / f".{self.warehouse_path.stem}"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings.

    Raises:
        InputError: A variable has a value that cannot be used.
    """
    variables = os.environ if environment is None else environment

    def value(name: str, default: str) -> str:
        return variables.get(name, "").strip() or default

    def place(name: str, default: str) -> Path:
        return (PROJECT_DIR / value(name, default)).absolute()

    def place_of_file(name: str) -> Path | None:
        path = value(name, "")
        return (PROJECT_DIR / path).absolute() if path else None

    raw_data = value("RAW_DATA_DIR", "data/raw")
    model_settings = _how_we_model()
    return Settings(
        raw_data_dir=(PROJECT_DIR / raw_data.removeprefix("file://")).absolute(),
        raw_data_address=_address(raw_data),
        warehouse_path=place("WAREHOUSE_PATH", "data/warehouse.duckdb"),
        bi_path=place("BI_PATH", "data/bi.duckdb"),
        mlflow_tracking_uri=_tracking_uri(value("MLFLOW_TRACKING_URI", "sqlite:///data/mlflow.db")),
        mlflow_artifact_root=_artifact_root(value("MLFLOW_ARTIFACT_ROOT", "data/mlartifacts")),
        reports_dir=place("REPORTS_DIR", "reports"),
        public_dir=place("PUBLIC_DIR", "public"),
        arepa_types_file=place_of_file("AREPA_TYPES"),
        phases=_phases(value("PHASES", "1")),
        metrics=_metrics(value("METRICS", "metric_1,metric_2")),
        horizon_days=_whole_number("HORIZON_DAYS", value("HORIZON_DAYS", "7"), 1, 365),
        data_checks=_data_checks(
            _share("QUARANTINE_LIMIT", value("QUARANTINE_LIMIT", "0.05")),
        ),
        publish_deadline=_how_we_model()["data_checks"]["published_late"]["deadline"],
        log_level=_one_of("LOG_LEVEL", value("LOG_LEVEL", "INFO").upper(), LOG_LEVELS),
        log_format=_one_of("LOG_FORMAT", value("LOG_FORMAT", "text").lower(), LOG_FORMATS),
        pushgateway_url=value("PUSHGATEWAY_URL", "") or None,
        host=value("HOST", "127.0.0.1"),
        port=_whole_number("PORT", value("PORT", "8000"), 1, 65535),
        api_keys=_api_keys(value("API_KEYS", "")),
        are_reads_guarded=_one_of(
            "API_KEYS_FOR_READS", value("API_KEYS_FOR_READS", "no").lower(), ("yes", "no")
        )
        == "yes",
        rate_limit=_rate(value("RATE_LIMIT", "600/minute")),
        max_request_bytes=_whole_number(
            "MAX_REQUEST_BYTES", value("MAX_REQUEST_BYTES", "5000000"), 1000, 1_000_000_000
        ),
        champion_poll_s=_whole_number(
            "CHAMPION_POLL_SECONDS", value("CHAMPION_POLL_SECONDS", "5"), 1, 86_400
        ),
        trusted_proxies=_networks("TRUSTED_PROXIES", value("TRUSTED_PROXIES", "")),
        answers_url=_web_address("ANSWERS_URL", value("ANSWERS_URL", "")),
        answers_key=_signing_key("ANSWERS_KEY", value("ANSWERS_KEY", "")),
        time_zone=_time_zone(value("TZ", "")),
        site_url=value("SITE_URL", "").rstrip("/"),
        answers_to=value("ANSWERS_TO", ""),
        recipients_file=place("RECIPIENTS_FILE", "seeds/recipients.csv"),
        notify_urls=_notify_urls(value("NOTIFY_URLS", "")),
        alert_probability=_share("ALERT_PROBABILITY", value("ALERT_PROBABILITY", "0.8")),
        promotion_mode=_one_of(
            "PROMOTION_MODE", value("PROMOTION_MODE", "auto").lower(), PROMOTION_MODES
        ),
        spark_dir=place("SPARK_DIR", "data/spark"),
        spark_master=_spark_master(value("SPARK_MASTER", "local-cluster[2,1,1024]")),
        spark_settings_file=place_of_file("SPARK_SETTINGS_FILE"),
        training=TrainingSettings(**model_settings["training"]),
        backtest=BacktestSettings(**model_settings["backtest"]),
        promotion=PromotionSettings(**model_settings["promotion"]),
    )


def known_variables() -> tuple[str, ...]:
    """List the names of all variables that settings come from."""
    asked: list[str] = []

    class Asked(dict[str, str]):
        def get(self, name: str, default: str) -> str:  # ty: ignore[incompatible-method-override]
            asked.append(name)
            return default

    load_settings(Asked())
    return tuple(asked)


def find_unusable_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Find the variables whose values cannot be used, each with what is wrong."""
    unusable = {}
    for name in known_variables():
        try:
            load_settings({name: environment.get(name, "")})
        except InputError as error:
            unusable[name] = str(error)
    return unusable


def load_usable_settings() -> Settings:
    """Read the settings with defaults in place of values that cannot be used."""
    unusable = find_unusable_variables(os.environ)
    return load_settings(
        {name: value for name, value in os.environ.items() if name not in unusable}
    )


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
    return _whole_number(name, text, 1, 1_000_000)


def _address(text: str) -> str | None:
    """The address of a folder on another file system, which Spark reads and DuckDB does not."""
    if re.match("[^/]+://[^/]*:[^/]*@", text):
        raise InputError(
            "RAW_DATA_DIR: an address with a password would be written to logs; put it into"
            " SPARK_SETTINGS_FILE"
        )
    return text.rstrip("/") if "://" in text and not text.startswith("file://") else None


def _spark_master(text: str) -> str:
    if not re.fullmatch(SPARK_MASTERS, text):
        raise InputError(
            f"SPARK_MASTER={text!r} is none that Spark knows: local[2], local-cluster[2,1,1024],"
            " spark://host:7077, k8s://address or yarn"
        )
    return text


def _tracking_uri(uri: str) -> str:
    if uri.startswith("sqlite:///") and not uri.startswith("sqlite:////"):
        return f"sqlite:///{PROJECT_DIR / uri.removeprefix('sqlite:///')}"
    return uri


def _artifact_root(root: str) -> str:
    return root if "://" in root else (PROJECT_DIR / root).absolute().as_uri()


def _time_zone(name: str) -> str | None:
    # The C library takes a zone that it does not know for UTC, and says nothing: another day.
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"TZ={name}: no such zone; write it as America/Bogota") from error


def _phases(text: str) -> tuple[int, ...]:
    names = [name.strip() for name in text.split(",")]
    if not all(name in {"1", "2", "3"} for name in names):
        raise InputError(f"PHASES={text!r}: name phases out of 1, 2 and 3, comma-separated")
    return tuple(sorted({int(name) for name in names}))


def _metrics(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",")]
    if not all(METRIC_NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        raise InputError(
            f"METRICS={text!r}: name the metrics' columns as metric_1,metric_2,…, each once"
        )
    return tuple(names)


def _whole_number(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise InputError(f"{name}={text!r}: give a whole number from {low} to {high}")
    return int(text)


def _share(name: str, text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise InputError(f"{name}={text!r}: give a share from 0 to 1, for instance 0.05")
    return share


def _one_of(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise InputError(f"{name}={text!r}: use one of {', '.join(choices)}")
    return text


def _api_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for number, key in enumerate(keys, start=1):
        if key.startswith("sha256:") and not re.fullmatch("sha256:[0-9a-f]{64}", key):
            raise InputError(
                f"API_KEYS: key {number} says sha256: and is no such hash; make one with"
                " printf %s KEY | sha256sum"
            )
        if len(key) < SHORTEST_API_KEY:
            raise InputError(
                f"API_KEYS: key {number} has {len(key)} characters, at least {SHORTEST_API_KEY}"
                " are needed; make one with openssl rand -hex 20"
            )
    return keys


def _signing_key(name: str, text: str) -> str:
    if text and len(text) < SHORTEST_SIGNING_KEY:
        raise InputError(
            f"{name}: it has {len(text)} characters, at least {SHORTEST_SIGNING_KEY} are needed;"
            " make one with openssl rand -hex 32"
        )
    return text


def _web_address(name: str, text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/@\s?#]+(/[^@\s?#]*)?", text):
        # The value may hold a password: the message must not.
        raise InputError(f"{name}: write it as https://arepas.example.org, without a password")
    return text.rstrip("/")


def _networks(name: str, text: str) -> tuple[str, ...]:
    networks = tuple(network.strip() for network in text.split(",") if network.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise InputError(
                f"{name}={network}: no address and no network; write 10.0.0.7 or 10.0.0.0/8"
            ) from error
    return networks


def _rate(text: str) -> str | None:
    if text == "none":
        return None
    if not re.fullmatch("[1-9][0-9]{0,8}/(second|minute|hour|day)", text):
        raise InputError(f"RATE_LIMIT={text!r}: write it as 600/minute, or none")
    return text


def _notify_urls(text: str) -> tuple[tuple[str, str], ...]:
    entries = []
    for entry in text.split():
        name, mark, url = entry.partition("=")
        if not mark or "://" not in url or not name.isidentifier():
            # The value may hold a password: the message must not.
            raise InputError(
                "NOTIFY_URLS: write name=url entries, blanks between them, for instance "
                "mail=mailto://smtp.example.org?from=arepas@example.org&to={address}"
            )
        entries.append((name, url))
    return tuple(entries)


def _training_settings() -> TrainingSettings:
    return TrainingSettings(**_how_we_model()["training"])


def _data_checks(quarantine_limit: float) -> tuple[DataCheck, ...]:
    limits = {"quarantine_share": quarantine_limit, "published_late": 0.0}
    return tuple(
        DataCheck(name, check["severity"], limits[name] if name in limits else check["limit"])
        for name, check in _how_we_model()["data_checks"].items()
    )


def _how_we_model() -> dict[str, Any]:
    with (Path(__file__).parent / "settings.toml").open("rb") as file:
        return tomllib.load(file)
