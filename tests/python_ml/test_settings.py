"""Settings: each wrong variable is named, no secret told; the docs say what the model says."""

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.settings import EXAMPLE, PAGE, build_example, build_page, describe_settings
from python_ml.cli import main
from python_ml.errors import InputError
from python_ml.settings import (
    DEMO_MARKER,
    MODELLING,
    PROJECT_DIR,
    Settings,
    find_unusable_variables,
    known_variables,
    load_settings,
    load_settings_of_own,
    load_usable_settings,
)
from tests.conftest import environment

# What may be a secret holds this word.
SECRET = "tortilla"
WRONG = {
    "RAW_DATA_DIR": f"ftp://kitchens:{SECRET}@lake/raw",
    "TZ": "Mars/Base",
    "PHASES": "1,4",
    "METRICS": "metric_1,metric_1",
    "HORIZON_DAYS": "0",
    "PROMOTION_MODE": "never",
    "QUARANTINE_LIMIT": "1.5",
    "ALERT_PROBABILITY": "nan",
    "LOG_LEVEL": "LOUD",
    "LOG_FORMAT": "xml",
    "PORT": "65536",
    "API_KEYS": SECRET,
    "API_KEYS_FOR_READS": "maybe",
    "RATE_LIMIT": "600",
    "MAX_REQUEST_BYTES": "999",
    "CHAMPION_POLL_SECONDS": "²",
    "TRUSTED_PROXIES": "10.0.0.7, proxy",
    "ANSWERS_URL": f"https://kitchens:{SECRET}@example.org",
    "ANSWERS_KEY": SECRET,
    "NOTIFY_URLS": f"mailto://kitchens:{SECRET}@example.org",
    "SPARK_MASTER": f"http://kitchens:{SECRET}@host",
}
RIGHT = {
    "RAW_DATA_DIR": "s3a://lake/raw",
    "WAREHOUSE_PATH": "/elsewhere/warehouse.duckdb",
    "MLFLOW_TRACKING_URI": f"postgresql://arepas:{SECRET}@db/mlflow",
    "TZ": "America/Bogota",
    "PHASES": "3, 1",
    "METRICS": "metric_2,metric_1",
    "HORIZON_DAYS": "14",
    "PROMOTION_MODE": "Manual",
    "QUARANTINE_LIMIT": "1",
    "ALERT_PROBABILITY": "0",
    "LOG_LEVEL": "debug",
    "PORT": "65535",
    "API_KEYS": f"{SECRET}-of-twenty-characters",
    "API_KEYS_FOR_READS": "yes",
    "RATE_LIMIT": "none",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "ANSWERS_URL": "https://example.org/arepas/",
    "ANSWERS_KEY": f"{SECRET}-of-thirty-two-characters",
    "NOTIFY_URLS": f"mail=mailto://kitchens:{SECRET}@example.org",
    "SPARK_MASTER": "local[*]",
}


@given(st.sets(st.sampled_from(sorted(WRONG)), min_size=1), st.sets(st.sampled_from(sorted(RIGHT))))
def test_whichever_variables_are_wrong_each_is_named_once_and_no_other(
    wrong: set[str], right: set[str]
):
    usable = {name: RIGHT[name] for name in right - wrong}
    given_variables = usable | {name: WRONG[name] for name in wrong}
    unusable = find_unusable_variables(given_variables)
    assert set(unusable) == wrong
    with pytest.raises(InputError) as refused:
        load_settings(given_variables)
    said = str(refused.value)
    assert said == "; ".join(unusable.values())
    assert all(len(re.findall(rf"\b{name}[=:]", said)) == 1 for name in wrong)
    assert SECRET not in said
    with environment(dict.fromkeys(known_variables(), "") | given_variables):
        assert load_usable_settings() == load_settings(usable)


def test_a_verb_tells_all_of_them_in_one_line(error_of):
    with environment({"HORIZON_DAYS": "0", "PHASES": "4", "API_KEYS": "short"}):
        assert main(["site"]) == 2
    assert error_of() == (
        "PHASES='4': name phases out of 1, 2 and 3, comma-separated; "
        "HORIZON_DAYS='0': give a whole number from 1 to 365; "
        "API_KEYS: key 1 has 5 characters, at least 20 are needed; make one with"
        " openssl rand -hex 20"
    )


@pytest.mark.parametrize(
    "published", ["warehouse.duckdb", "sub/../warehouse.duckdb", "link.duckdb"]
)
def test_what_is_published_never_takes_the_warehouse_s_place(tmp_path: Path, published: str):
    (tmp_path / "link.duckdb").symlink_to(tmp_path / "warehouse.duckdb")
    places = {"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb")}
    with pytest.raises(InputError, match=r"^BI_PATH=.*duckdb: is WAREHOUSE_PATH, too"):
        load_settings(places | {"BI_PATH": str(tmp_path / published)})


@given(st.text("abcXYZ012?&#:@/%!='\"", max_size=12))
def test_no_password_is_shown(more: str):
    secret = f"{SECRET}{more}-of-thirty-two-characters"
    settings = load_settings(
        {
            "MLFLOW_TRACKING_URI": f"postgresql://arepas:{secret}@db/mlflow",
            "PUSHGATEWAY_URL": f"http://arepas:{secret}@gateway:9091",
            "API_KEYS": secret,
            "ANSWERS_KEY": secret,
            "NOTIFY_URLS": f"mail=mailto://arepas:{secret}@smtp.example.org",
        }
    )
    assert SECRET not in f"{settings!r} {settings} {settings.mlflow_tracking_uri}"
    assert settings.mlflow_tracking_uri.get_secret_value() == (
        f"postgresql+psycopg://arepas:{secret}@db/mlflow"
    )
    assert str(settings.pushgateway_url) == "http://***@gateway:9091"
    assert [key.get_secret_value() for key in settings.api_keys] == [secret]
    assert settings.answers_key.get_secret_value() == secret
    urls = {name: url.get_secret_value() for name, url in settings.notify_urls}
    assert urls == {"mail": f"mailto://arepas:{secret}@smtp.example.org"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone."""
    for module in ("settings", "variables"):
        monkeypatch.setattr(f"python_ml.{module}.PROJECT_DIR", tmp_path)
    return tmp_path


@pytest.mark.parametrize("variables", [{}, {"RAW_DATA_DIR": ""}, {"RAW_DATA_DIR": " "}])
def test_the_demo_of_a_fresh_clone_has_all_its_places_to_itself(
    project: Path, variables: dict[str, str]
):
    settings = load_settings(variables)
    assert settings.is_demo
    of_demo = project / "data" / "demo"
    assert settings.raw_data_dir == of_demo / "raw"
    assert settings.warehouse_path == of_demo / "warehouse.duckdb"
    assert settings.mlflow_tracking_uri.get_secret_value() == f"sqlite:///{of_demo}/mlflow.db"
    assert settings.mlflow_artifact_root == f"file://{of_demo}/mlartifacts"
    assert settings.reports_dir == of_demo / "reports"
    # What people look at is where they look.
    assert settings.bi_path == project / "data" / "bi.duckdb"
    assert settings.public_dir == project / "public"
    elsewhere = load_settings({"WAREHOUSE_PATH": "/elsewhere.duckdb"})
    assert (elsewhere.warehouse_path, elsewhere.is_demo) == (Path("/elsewhere.duckdb"), True)


@pytest.mark.parametrize(
    ("there", "variables"),
    [
        ("data/raw/machines.csv", {}),
        ("data/raw/k1/machines.csv", {}),
        ("data/warehouse.duckdb", {}),
        (None, {"RAW_DATA_DIR": "data/raw"}),
        (None, {"RAW_DATA_DIR": "s3a://lake/raw"}),
    ],
)
def test_there_is_no_demo_where_files_of_ones_own_are_meant(
    project: Path, there: str | None, variables: dict[str, str]
):
    if there is not None:
        (project / there).parent.mkdir(parents=True)
        (project / there).touch()
    settings = load_settings(variables)
    assert not settings.is_demo
    assert settings.warehouse_path == project / "data" / "warehouse.duckdb"
    assert settings.reports_dir == project / "reports"


def test_a_demo_fleet_that_was_put_into_the_folder_for_raw_files_keeps_out_of_the_rest(
    project: Path,
):
    raw = project / "data" / "raw"
    assert load_settings_of_own().raw_data_dir == raw
    raw.mkdir(parents=True)
    (raw / DEMO_MARKER).touch()
    settings = load_settings({})
    assert settings.raw_data_dir == raw
    assert settings.warehouse_path == project / "data" / "demo" / "warehouse.duckdb"


def test_the_variables_of_this_process_are_read_where_no_others_are_given():
    with environment({"HORIZON_DAYS": " 9 ", "horizon_days": "8"}):
        assert load_settings().horizon_days == 9
        assert load_settings({}).horizon_days == 7


def test_settings_are_values():
    settings = load_settings(RIGHT)
    again = pickle.loads(pickle.dumps(settings))
    assert again == settings
    assert hash(again) == hash(settings)
    assert settings.replace(horizon_days=9) != settings
    with pytest.raises(TypeError, match="no field horizon"):
        settings.replace(horizon=9)
    with pytest.raises(ValueError, match="frozen"):
        settings.horizon_days = 9


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("seed = 7", "sed = 7", ("training.seed: Field required", "training.sed: no such key")),
        ("[backtest]", "[back_test]", ("backtest: Field required", "back_test: no such key")),
        ("late_share = {", "late_shares = {", ("data_checks.late_shares: no such key",)),
        ('"mark", limit = 0.2', '"mark"', ("data_checks.late_share.limit: Field required",)),
        (
            '{ severity = "stop" }',
            '{ severity = "stop", limit = 0.1 }',
            ("quarantine_share.limit",),
        ),
        ('severity = "stop"', 'severity = "warn"', ("data_checks.quarantine_share.severity",)),
        ("margin = 0.02", "margin = 2", ("promotion.margin",)),
        ("refit_days = 61", "refit_days = 0", ("backtest.refit_days",)),
        ("[data_checks]", "PORT = 80\n[data_checks]", ("PORT: belongs in the environment",)),
        ("[data_checks]", "[data_checks", ("at line",)),
    ],
)
def test_what_is_wrong_in_the_file_is_named(
    line: str, instead: str, said: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = (PROJECT_DIR / MODELLING).read_text()
    assert line in text
    changed = tmp_path / "settings.toml"
    changed.write_text(text.replace(line, instead, 1))
    monkeypatch.setitem(Settings.model_config, "toml_file", changed)
    with pytest.raises(InputError) as refused:
        load_settings({})
    assert all(problem in str(refused.value) for problem in (MODELLING, *said))


def test_each_data_check_of_the_file_is_one_that_the_models_make():
    checks = {check.name: check for check in load_settings({"QUARANTINE_LIMIT": "0.5"}).data_checks}
    assert checks["quarantine_share"].limit == 0.5
    assert checks["late_share"].limit == 0.2
    models = "".join(path.read_text() for path in (PROJECT_DIR / "models").rglob("*.sql"))
    assert set(re.findall(r"'(\w+)' as check_name", models)) <= set(checks)
    assert set(checks) <= set(re.findall(r"'(\w+)'", models))


def test_the_page_and_the_example_say_what_the_settings_say():
    described = describe_settings()
    assert all(setting.description and setting.group for setting in described)
    assert PAGE.read_text() == build_page(described), "run `make docs-tables`"
    assert EXAMPLE.read_text() == build_example(described), "run `make docs-tables`"
    assert re.findall("^#?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE) == list(known_variables())


def test_a_copy_of_the_example_changes_nothing():
    lines = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    assert load_settings(lines) == load_settings({})
    # To the C library an empty zone is UTC, not the machine's.
    assert "TZ" not in lines
    # Nor does it in a container, whose image has set its volume and its address.
    dockerfile = (PROJECT_DIR / "deploy" / "Dockerfile").read_text()
    (of_image,) = re.findall(
        r"^ENV (.*RAW_DATA_DIR=.*?[^\\])\n", dockerfile, re.MULTILINE | re.DOTALL
    )
    set_by_image = set(re.findall(r"\b([A-Z_]+)=", of_image))
    assert {"BI_PATH", "HOST"} <= set_by_image
    assert not lines.keys() & set_by_image


def test_make_passes_every_variable_on():
    makefile = (PROJECT_DIR / "Makefile").read_text().replace("\\\n", " ")
    exported = {
        name
        for line in re.findall(r"^export ([A-Z_ \t]+)", makefile, re.MULTILINE)
        for name in line.split()
    }
    arguments = set(re.findall(r"\$\$([A-Z_]+)", makefile))
    assert exported - arguments - {"BASE"} == set(known_variables())
