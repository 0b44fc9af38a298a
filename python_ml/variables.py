"""What kinds of variables there are: how the text of each is read, and refused.

What is wrong is a ValueError that goes on where the variable's name ends (`HORIZON_DAYS` and
`='0': give a whole number from 1 to 365`). A value that may be a secret is not repeated.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, SecretStr

from python_ml.errors import hide_user_info

PROJECT_DIR = Path(__file__).resolve().parent.parent
SQLITE = "sqlite:///"  # what MLflow's file follows in its URI
# The user's part ends at the first `@`. Of a sign that is none libpq says in which words it stands.
SIGN = "%(?!00)[0-9A-Fa-f]{2}"
ARGUMENT = rf"[^\s&=%]+=([^\s&=%]|{SIGN})*"
POSTGRES_URL = (
    rf"postgres(ql)?://(([^\s@/%]|{SIGN})*@)?[^\s@/?]*/([^\s/?%]|{SIGN})+"
    rf"([?]{ARGUMENT}(&{ARGUMENT})*)?"
)
SPARK_MASTERS = r"local(\[(\*|\d+)(,\d+)?\])?|local-cluster\[\d+,\d+,\d+\]|spark://.+|k8s://.+|yarn"
SHORTEST_API_KEY = 20
SHORTEST_SIGNING_KEY = 32
# Postgres cuts names at 63 characters, and a statistic is put behind each.
METRIC_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
# What SQL does not take for a column, on DuckDB or on Spark.
SQL_WORDS = """
all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case
cast check collate collation column concurrently constraint create cross current_date current_time
current_timestamp default deferrable desc describe distinct do else end except false fetch for
foreign freeze from full glob group having ilike in initially inner intersect into is isnull join
lambda lateral leading left like limit minus natural not notnull null offset on only or order outer
overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning
right select semi show similar some summarize symmetric table tablesample then to trailing true
union unique unpack unpivot using variadic verbose when where window with
"""
# Columns that stand beside the metrics, from the raw lines to what people read.
COLUMNS_BESIDE_METRICS = """
arepa_type as_of_date batch_count batch_count_7d batch_count_since_last_stop batch_id batch_number
column_count date day_count_7d day_number day_squares_sum day_sum days_since_last_stop
days_since_part_1_service days_since_part_2_service days_since_part_3_service
days_since_part_4_service faulty_reading_count faulty_reading_count_7d faulty_reading_ratio
faulty_reading_ratio_7d fields file_id has_breakdown has_broken_quotes horizon_days hour
hour_count hour_count_7d is_down is_faulty is_tied kitchen_id label_mature_date last_measured_at
line_reason loaded_at machine_id measured_at measured_date measured_hour_at next_breakdown_at
next_measured_date next_planned_stop_at occurrence path_id phase raw_line reading_count
reading_count_1d reading_count_1d_before reading_count_7d reading_hash rejection_reason rowid slot
source_file source_line timestamp timestamp_position timestamp_text value
"""
# Behind a metric's name: its statistics, and what they are computed from.
METRIC_STATISTICS = """
text position sum squares_sum fraction_squares_sum min max mean origin distance distance_sum
day_product_sum sum_1d sum_1d_before normal_low normal_high mean_7d std_7d min_7d max_7d slope_7d
mean_1d mean_1d_before last_day_delta_7d wholes squares_wholes squares_from_origin
fractions_from_mean rest
"""


class Address(SecretStr):
    """An address that may hold a password: shown without it, whole by `get_secret_value`."""

    def _display(self) -> str:
        return hide_user_info(self.get_secret_value()).partition("?")[0]


def _refused(text: str, what: str) -> ValueError:
    return ValueError(f"={hide_user_info(text)!r}{what}")


def read_whole_number(text: str, low: int, high: int) -> int:
    """Read a whole number between two limits, both included."""
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise _refused(text, f": give a whole number from {low} to {high}")
    return int(text)


def whole_number(low: int, high: int) -> BeforeValidator:
    """A whole number between two limits, both included."""
    return BeforeValidator(lambda text: read_whole_number(text, low, high))


def one_of(*choices: str, spelt: Callable[[str], str] = str.lower) -> BeforeValidator:
    """One of some words, in whichever case it is written."""

    def read(text: str) -> str:
        if spelt(text) not in choices:
            raise _refused(spelt(text), f": use one of {', '.join(choices)}")
        return spelt(text)

    return BeforeValidator(read)


def _place(text: str) -> Path | None:
    return (PROJECT_DIR / text).absolute() if text else None


def _raw_data_dir(text: str) -> Path:
    return (PROJECT_DIR / text.removeprefix("file://")).absolute()


def _raw_data_address(text: str) -> str | None:
    if re.match("[^/]+://[^/]*:[^/]*@", text):
        raise ValueError(
            ": an address with a password would be written to logs; put it into SPARK_SETTINGS_FILE"
        )
    return text.rstrip("/") if "://" in text and not text.startswith("file://") else None


def _tracking_uri(text: str) -> str:
    """Name the place of a file, and the driver that is installed for Postgres."""
    scheme, mark, rest = text.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg{mark}{rest}"
    if text.startswith(SQLITE) and not text.startswith(f"{SQLITE}/"):
        return f"{SQLITE}{PROJECT_DIR / text.removeprefix(SQLITE)}"
    return text


def _artifact_root(text: str) -> str:
    # A scheme has two letters or more; `mlflow-artifacts:/` of MLflow's own server names no host.
    return (
        text if re.match("[a-z][a-z0-9+.-]+:/", text) else (PROJECT_DIR / text).absolute().as_uri()
    )


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise _refused(text, ": give a share from 0 to 1, for instance 0.05")
    return share


def _phases(text: str) -> tuple[int, ...]:
    names = [name.strip() for name in text.split(",")]
    if not all(name in {"1", "2", "3"} for name in names):
        raise _refused(text, ": name phases out of 1, 2 and 3, comma-separated")
    return tuple(sorted({int(name) for name in names}))


def _metrics(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if not METRIC_NAME.fullmatch(name):
            raise _refused(
                text,
                f": {name!r} is no column's name; write lower-case letters, digits and _, at most"
                " 48, and let a layout (RAW_LAYOUTS) rename what is called otherwise",
            )
        if name in SQL_WORDS.split() or hasattr(BaseModel, name):
            raise _refused(text, f": {name} is a word of SQL or of Python; choose another name")
        if set(COLUMNS_BESIDE_METRICS.split()).intersection(_columns_of(name)):
            raise _refused(text, f": {name} is a column of our own; choose another name")
        if re.match(r"type_\d", name):
            raise _refused(text, f": {name} is how a machine's types are called; choose another")
    columns = Counter(column for name in names for column in _columns_of(name))
    if twice := next((column for column, count in columns.items() if count > 1), None):
        raise _refused(
            text, f": two metrics would have the column {twice}; name each metric once, and apart"
        )
    return names


def _columns_of(metric: str) -> list[str]:
    return [metric, *(f"{metric}_{statistic}" for statistic in METRIC_STATISTICS.split())]


def _time_zone(name: str) -> str | None:
    # The C library takes a zone that it does not know for UTC, and says nothing: another day.
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"={hide_user_info(name)}: no such zone; write it as America/Bogota"
        ) from error


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise _refused(text, ": write three capital letters, as in COP, EUR or USD")
    return text


def _rate(text: str) -> str | None:
    if text == "none":
        return None
    if not re.fullmatch("[1-9][0-9]{0,8}/(second|minute|hour|day)", text):
        raise _refused(text, ": write it as 600/minute, or none")
    return text


def _spark_master(text: str) -> str:
    if not re.fullmatch(SPARK_MASTERS, text):
        raise _refused(
            text,
            " is none that Spark knows: local[2], local-cluster[2,1,1024], spark://host:7077,"
            " k8s://address or yarn",
        )
    return text


def _api_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for number, key in enumerate(keys, start=1):
        if key.startswith("sha256:") and not re.fullmatch("sha256:[0-9a-f]{64}", key):
            raise ValueError(
                f": key {number} says sha256: and is no such hash; make one with"
                " printf %s KEY | sha256sum"
            )
        if len(key) < SHORTEST_API_KEY:
            raise ValueError(
                f": key {number} has {len(key)} characters, at least {SHORTEST_API_KEY}"
                " are needed; make one with openssl rand -hex 20"
            )
    return keys


def _signing_key(text: str) -> str:
    if text and len(text) < SHORTEST_SIGNING_KEY:
        raise ValueError(
            f": it has {len(text)} characters, at least {SHORTEST_SIGNING_KEY} are needed;"
            " make one with openssl rand -hex 32"
        )
    return text


def _web_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/@\s?#]+(/[^@\s?#]*)?", text):
        raise ValueError(": write it as https://arepas.example.org, without a password")
    return text.rstrip("/")


def _postgres_url(text: str) -> str | None:
    """Take it as libpq does, which names in its errors what it takes for a host or a wrong sign."""
    if text and not re.fullmatch(POSTGRES_URL, text):
        raise ValueError(
            ": write it as postgresql://user:password@host/database,"
            " in a password %40 for @, %2F for / and %25 for %"
        )
    return text or None


def _networks(text: str) -> tuple[str, ...]:
    networks = tuple(network.strip() for network in text.split(",") if network.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise ValueError(
                f"={hide_user_info(network)}: no address and no network; write 10.0.0.7 or"
                " 10.0.0.0/8"
            ) from error
    return networks


def _notify_urls(text: str) -> tuple[tuple[str, str], ...]:
    entries = []
    for entry in text.split():
        name, mark, url = entry.partition("=")
        if not mark or "://" not in url or not name.isidentifier():
            raise ValueError(
                ": write name=url entries, blanks between them, for instance "
                "mail=mailto://smtp.example.org?from=arepas%40example.org&to={address}"
            )
        entries.append((name, url))
    return tuple(entries)


Place = Annotated[Path, BeforeValidator(_place)]
OptionalPlace = Annotated[Path | None, BeforeValidator(_place)]
RawDataDir = Annotated[Path, BeforeValidator(_raw_data_dir)]
RawDataAddress = Annotated[str | None, BeforeValidator(_raw_data_address)]
TrackingUri = Annotated[Address, BeforeValidator(_tracking_uri)]
ArtifactRoot = Annotated[str, BeforeValidator(_artifact_root)]
OptionalAddress = Annotated[Address | None, BeforeValidator(lambda text: text or None)]
PostgresUrl = Annotated[Address | None, BeforeValidator(_postgres_url)]
SiteUrl = Annotated[str, BeforeValidator(lambda text: text.rstrip("/"))]
Share = Annotated[float, BeforeValidator(_share)]
YesOrNo = Annotated[bool, one_of("yes", "no")]
Phases = Annotated[tuple[int, ...], BeforeValidator(_phases)]
Metrics = Annotated[tuple[str, ...], BeforeValidator(_metrics)]
TimeZone = Annotated[str | None, BeforeValidator(_time_zone)]
Currency = Annotated[str, BeforeValidator(_currency)]
Rate = Annotated[str | None, BeforeValidator(_rate)]
SparkMaster = Annotated[str, BeforeValidator(_spark_master)]
ApiKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_api_keys)]
SigningKey = Annotated[SecretStr, BeforeValidator(_signing_key)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
Networks = Annotated[tuple[str, ...], BeforeValidator(_networks)]
NotifyUrls = Annotated[tuple[tuple[str, SecretStr], ...], BeforeValidator(_notify_urls)]
