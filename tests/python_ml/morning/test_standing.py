"""A morning stands until anything is changed that it was made of or that it left."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from python_ml.morning import standing
from python_ml.morning.standing import fingerprint, stands
from tests.conftest import Workspace

AS_OF = date(2026, 11, 20)
FILES = (
    "raw/2026/cooking_metrics_k01.csv",
    "warehouse.duckdb",
    "bi.duckdb",
    "mlflow.db",
    "artifacts/1/model.pkl",
    "public/index.html",
    "reports/2026-11-20/daily_report.html",
)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A morning that stands, as far as stamps can say."""
    place = Workspace(tmp_path)
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    note(place)
    return place


def note(place: Workspace) -> None:
    settings = place.settings()
    settings.state_dir.mkdir(exist_ok=True)
    (settings.state_dir / "standing").write_text(fingerprint(settings, AS_OF))


def rewrite(path: Path) -> None:
    """Other bytes of the same length, with the old time of change."""
    before = path.stat()
    path.write_text(path.read_text()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_morning_stands_while_nothing_changes(place: Workspace):
    assert stands(place.settings(), AS_OF)
    note(place)
    assert stands(place.settings(), AS_OF)


@pytest.mark.parametrize("change", [rewrite, Path.unlink, Path.touch])
@pytest.mark.parametrize("name", FILES)
def test_it_falls_with_each_file(place: Workspace, name: str, change: Callable[[Path], None]):
    change(place.folder / name)
    assert not stands(place.settings(), AS_OF)


@pytest.mark.parametrize(
    "name", ["raw/faulty_intervals.csv", "warehouse.duckdb.wal", "bi.duckdb.wal"]
)
def test_it_falls_with_a_new_file(place: Workspace, name: str):
    (place.folder / name).touch()
    assert not stands(place.settings(), AS_OF)


def test_another_day_another_setting_or_none_noted_is_another_morning(place: Workspace):
    assert not stands(place.settings(), AS_OF - timedelta(days=1))
    assert not stands(place.settings(HORIZON_DAYS="5"), AS_OF)
    (place.settings().state_dir / "standing").unlink()
    assert not stands(place.settings(), AS_OF)


@pytest.mark.parametrize("changed", ["_libraries", "_code"])
def test_it_falls_with_code_and_libraries(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, changed: str
):
    found = list(getattr(standing, changed)())
    assert len(found) > 10
    monkeypatch.setattr(standing, changed, lambda: [*found[:-1], found[-1] + "0"])
    assert not stands(place.settings(), AS_OF)


@pytest.mark.parametrize(
    "variables",
    [
        {"MLFLOW_TRACKING_URI": "http://localhost:5000"},
        {"PUBLISH_URL": "postgresql://localhost/bi"},
        {"ORDERS_URL": "http://localhost/orders"},
    ],
)
def test_what_other_systems_know_leaves_no_stamp(place: Workspace, variables: dict[str, str]):
    settings = place.settings(**variables)
    (settings.state_dir / "standing").write_text(fingerprint(settings, AS_OF))
    assert not stands(settings, AS_OF)
