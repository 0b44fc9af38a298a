"""How the text of each kind of variable is read: what passes, and what a value becomes."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.settings import PROJECT_DIR, load_settings
from python_ml.variables import COLUMNS_BESIDE_METRICS, SQL_WORDS, Address, read_whole_number
from tests.conftest import Workspace


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("REPORTS_DIR", "out", "reports_dir", PROJECT_DIR / "out"),
        ("REPORTS_DIR", "/out", "reports_dir", Path("/out")),
        ("AREPA_TYPES", "types.txt", "arepa_types_file", PROJECT_DIR / "types.txt"),
        ("MLFLOW_ARTIFACT_ROOT", "/a b", "mlflow_artifact_root", "file:///a%20b"),
        ("MLFLOW_ARTIFACT_ROOT", "s3://a", "mlflow_artifact_root", "s3://a"),
        (
            "MLFLOW_ARTIFACT_ROOT",
            "mlflow-artifacts:/a",
            "mlflow_artifact_root",
            "mlflow-artifacts:/a",
        ),
        (
            "MLFLOW_TRACKING_URI",
            "sqlite:////m.db",
            "mlflow_tracking_uri",
            Address("sqlite:////m.db"),
        ),
        ("PHASES", "3, 1,3", "phases", (1, 3)),
        ("METRICS", "metric_2, metric_1", "metrics", ("metric_2", "metric_1")),
        ("METRICS", "yield, oven_c", "metrics", ("yield", "oven_c")),
        ("QUARANTINE_LIMIT", "5e-2", "quarantine_limit", 0.05),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("API_KEYS_FOR_READS", "YES", "are_reads_guarded", True),
        ("RATE_LIMIT", "none", "rate_limit", None),
        ("RATE_LIMIT", "5/second", "rate_limit", "5/second"),
        ("SITE_URL", "https://example.org/", "site_url", "https://example.org"),
        ("TZ", "America/Bogota", "time_zone", "America/Bogota"),
        ("SPARK_MASTER", "spark://host:7077", "spark_master", "spark://host:7077"),
    ],
)
def test_a_value_is_read_as(name: str, text: str, field: str, value: Any):
    assert getattr(load_settings({name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PHASES", "1;2"),
        ("METRICS", "Metric_1"),
        ("QUARANTINE_LIMIT", "5%"),
        ("API_KEYS", "sha256:0123456789abcdef0123456789abcdef"),
        ("RATE_LIMIT", "0/minute"),
        ("TZ", "../../etc/passwd"),
        ("NOTIFY_URLS", "mail=mailto://a@example.org team"),
        ("SPARK_MASTER", "local[two]"),
        ("SPARK_MASTER", "local-cluster[2,1,1024"),
    ],
)
def test_a_value_is_refused(name: str, text: str):
    with pytest.raises(InputError, match=f"^{name}[=:]"):
        load_settings({name: text})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Oven", "'Oven' is no column's name.*RAW_LAYOUTS"),
        ("oven temp", "'oven temp' is no column's name"),
        ("oven;drop", "is no column's name"),
        ("1oven", "is no column's name"),
        ("oven,", "'' is no column's name"),
        ("o" * 49, "at most 48"),
        ("order", "order is a word of SQL"),
        ("json", "json is a word of SQL or of Python"),
        ("phase", "phase is a column of our own"),
        ("day", "day is a column of our own"),
        ("type_1_oven", "type_1_oven is how a machine's types are called"),
        ("oven,oven", "the column oven; name each metric once"),
        ("oven,oven_squares", "the column oven_squares_sum"),
    ],
)
def test_a_metric_is_refused_that_could_be_no_column(text: str, why: str):
    with pytest.raises(InputError, match=f"^METRICS={text!r}: .*{why}") as refused:
        load_settings({"METRICS": text})
    assert "\n" not in str(refused.value)


def test_every_word_that_sql_takes_for_no_column_is_refused():
    with duckdb.connect() as connection:
        words = {row[0] for row in connection.execute("from duckdb_keywords()").fetchall()}
        for word in sorted(words - set(SQL_WORDS.split())):
            query = (
                f"with readings as (select 41 as {word}, 1 as {word}_text)"
                f" select {word}, sum({word}) as {word}_sum from readings"
                f" where abs({word}) > 1e9 or {word} is not null group by {word}"
            )
            assert connection.execute(query).fetchall() == [(41, 41)]


def test_no_metric_can_be_called_as_a_column_beside_them(built_fixtures: Workspace):
    tables = built_fixtures.rows(
        "select list(column_name) from information_schema.columns group by table_schema, table_name"
    )
    metric = re.compile(r"(type_\d_|metric_\d)")
    beside = {
        column
        for (columns,) in tables
        if any(column.startswith("metric_1") for column in columns)
        for column in columns
        if not metric.match(column)
    }
    assert beside <= {*COLUMNS_BESIDE_METRICS.split()}


@pytest.mark.parametrize(
    ("raw", "folder", "address"),
    [
        ("file:///data/raw", "/data/raw", None),
        ("/data/raw", "/data/raw", None),
        ("s3a://lake/raw/", None, "s3a://lake/raw"),
    ],
)
def test_raw_files_may_lie_on_another_file_system(
    raw: str, folder: str | None, address: str | None
):
    settings = load_settings({"RAW_DATA_DIR": raw})
    assert settings.raw_data_address == address
    assert folder is None or settings.raw_data_dir == Path(folder)


def test_an_address_with_a_password_is_refused_with_what_to_do():
    with pytest.raises(InputError, match="SPARK_SETTINGS_FILE"):
        load_settings({"RAW_DATA_DIR": "ftp://kitchens:tortilla@lake/raw"})


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://mlflow:5000", "http://mlflow:5000"),
        ("http://me:pa@ss/word@mlflow:5000", "http://***@mlflow:5000"),
        ("postgresql://db/mlflow?user=me&password=tortilla", "postgresql://db/mlflow"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(address: str, shown: str):
    assert str(Address(address)) == shown
    assert Address(address).get_secret_value() == address


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:tor%2Ftil%40la@db:5432/bi",
        "postgresql://me:tor?ti#ll:a@db/bi?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem",
        "postgres://[::1],db2:5433/bi",
        "postgresql:///bi?host=/run/postgresql",
        "postgresql://%2Frun%2Fpostgresql/bi%20?user=me&password=tor%25tilla",
    ],
)
def test_a_server_s_address_is_read_as_libpq_reads_it(address: str):
    assert load_settings({"PUBLISH_URL": address}).publish_url == Address(address)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:tor@tilla@db/bi",
        "postgresql://me:tor/tilla@db/bi",
        "postgresql://me:tor%tilla@db/bi",
        "postgresql://me:tor tilla@db/bi",
        "postgresql://me:tor%00tilla@db/bi",
        "postgresql://db/bi?user=me&password=tor%tilla",
        "postgresql://db/bi?user=me&password=tor%00tilla",
        "postgresql://db/bi?user=me&password=tor&tilla",
        "postgresql://db",
    ],
)
def test_a_server_s_address_that_libpq_takes_apart_elsewhere_is_refused_unseen(address: str):
    with pytest.raises(InputError, match=r"PUBLISH_URL: write it .* %40 for @") as refused:
        load_settings({"PUBLISH_URL": address})
    assert "til" not in str(refused.value)


@given(st.one_of(st.integers(-10, 120).map(str), st.text("0123456789+-_. ²", max_size=4)))
def test_a_whole_number_is_between_its_limits(text: str):
    is_number = text.isascii() and text.isdecimal()
    if is_number and 5 <= int(text) <= 100:
        assert read_whole_number(text, 5, 100) == int(text)
    else:
        with pytest.raises(ValueError, match="give a whole number from 5 to 100"):
            read_whole_number(text, 5, 100)
