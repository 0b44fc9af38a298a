"""How the text of each kind of variable is read: what passes, and what a value becomes."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.settings import PROJECT_DIR, load_settings
from python_ml.variables import Address, read_whole_number


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("REPORTS_DIR", "out", "reports_dir", PROJECT_DIR / "out"),
        ("REPORTS_DIR", "/out", "reports_dir", Path("/out")),
        ("AREPA_TYPES", "types.txt", "arepa_types_file", PROJECT_DIR / "types.txt"),
        ("MLFLOW_ARTIFACT_ROOT", "/a b", "mlflow_artifact_root", "file:///a%20b"),
        ("MLFLOW_ARTIFACT_ROOT", "s3://a", "mlflow_artifact_root", "s3://a"),
        (
            "MLFLOW_TRACKING_URI",
            "sqlite:////m.db",
            "mlflow_tracking_uri",
            Address("sqlite:////m.db"),
        ),
        ("PHASES", "3, 1,3", "phases", (1, 3)),
        ("METRICS", "metric_2, metric_1", "metrics", ("metric_2", "metric_1")),
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


@given(st.one_of(st.integers(-10, 120).map(str), st.text("0123456789+-_. ²", max_size=4)))
def test_a_whole_number_is_between_its_limits(text: str):
    is_number = text.isascii() and text.isdecimal()
    if is_number and 5 <= int(text) <= 100:
        assert read_whole_number(text, 5, 100) == int(text)
    else:
        with pytest.raises(ValueError, match="give a whole number from 5 to 100"):
            read_whole_number(text, 5, 100)
