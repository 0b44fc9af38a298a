"""What Spark wants to know before it starts, and what is said where it cannot."""

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from python_ml.errors import InputError
from python_ml.settings import load_settings
from python_ml.spark.conf import prepare_spark


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Prepare a Spark that is installed, with a Java that says what it is told to say."""
    spec = ModuleSpec("pyspark", None, origin=str(tmp_path / "pyspark" / "__init__.py"))
    monkeypatch.setattr("python_ml.spark.conf.find_spec", lambda _: spec)
    for name in ("SPARK_CONF_DIR", "SPARK_HOME", "PYSPARK_PYTHON", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "restored afterwards")
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    java = tmp_path / "java home" / "bin" / "java"
    java.parent.mkdir(parents=True)

    def run(version: str, **variables: str) -> Path:
        java.write_text(f"#!/bin/sh\necho '{version}' >&2\n")
        java.chmod(0o755)
        monkeypatch.setenv("JAVA_HOME", str(java.parents[1]))
        folder = tmp_path / "spark dir"
        prepare_spark(load_settings({"SPARK_DIR": str(folder), **variables}))
        return folder / "conf" / "spark-defaults.conf"

    return run


def test_the_configuration_has_absolute_places_and_no_zone_but_utc(prepare, tmp_path):
    lines = prepare('openjdk version "17.0.15" 2025-04-15', SPARK_MASTER="local[2]").read_text()
    settings = dict(line.split(" ", 1) for line in lines.splitlines())
    assert settings["spark.master"] == "local[2]"
    assert settings["spark.sql.session.timeZone"] == "UTC"
    assert settings["spark.sql.warehouse.dir"].startswith("file:///")
    assert (
        f"databaseName={tmp_path}/spark dir/metastore"
        in (settings["spark.hadoop.javax.jdo.option.ConnectionURL"])
    )


def test_event_logs_of_sessions_that_have_ended_go(prepare, tmp_path):
    events = tmp_path / "spark dir" / "events"
    events.mkdir(parents=True)
    for name in ("app-20261120-0000", "app-20261121-0000.inprogress"):
        (events / name).touch()
    prepare('openjdk version "17.0.15"')
    assert [log.name for log in events.iterdir()] == ["app-20261121-0000.inprogress"]


@pytest.mark.parametrize("version", ['java version "1.8.0_402"', 'openjdk version "11.0.2"'])
def test_a_java_that_is_too_old_is_named(prepare, version):
    with pytest.raises(InputError, match=r"Spark needs Java 17 or newer"):
        prepare(version)


@pytest.mark.parametrize(
    "note", ["NOTE: Picked up JDK_JAVA_OPTIONS", "Picked up JAVA_TOOL_OPTIONS"]
)
def test_options_that_java_repeats_are_not_its_version(prepare, note):
    options = f'{note}: -Dversion "99"'
    prepare(f'{options}\nopenjdk version "17.0.15"')
    with pytest.raises(InputError, match=r'bin/java is openjdk version "11.0.2"; Spark needs'):
        prepare(f'{options}\nopenjdk version "11.0.2"')


def test_a_java_that_does_not_work_is_named(prepare):
    with pytest.raises(InputError, match=r"bin/java is .*; Spark needs Java 17"):
        prepare("segmentation fault")


def test_no_java_is_said(prepare, monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="no Java on the PATH"):
        prepare_spark(load_settings({"SPARK_DIR": str(tmp_path)}))


def test_no_spark_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr("python_ml.spark.conf.find_spec", lambda _: None)
    with pytest.raises(InputError, match="make setup-spark"):
        prepare_spark(load_settings({"SPARK_DIR": str(tmp_path)}))


def test_further_settings_come_last_so_that_they_win(prepare, tmp_path):
    further = tmp_path / "further.conf"
    further.write_text("spark.ui.enabled true\nspark.hadoop.fs.s3a.endpoint lake.example.org\n")
    lines = prepare('openjdk version "17.0.15"', SPARK_SETTINGS_FILE=str(further)).read_text()
    assert lines.splitlines()[-2:] == further.read_text().splitlines()
    assert (tmp_path / "spark dir/conf/spark-defaults.conf").stat().st_mode & 0o077 == 0
    further.write_bytes(b"spark.app.name \xf1")
    with pytest.raises(InputError, match="cannot be read"):
        prepare('openjdk version "17.0.15"', SPARK_SETTINGS_FILE=str(further))
    further.unlink()
    with pytest.raises(InputError, match="SPARK_SETTINGS_FILE"):
        prepare('openjdk version "17.0.15"', SPARK_SETTINGS_FILE=str(further))
