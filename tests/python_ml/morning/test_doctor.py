"""`arepas doctor` names every fault of a broken setup."""

import pytest

from tests.conftest import RAW_FIXTURES, Workspace

BROKEN = {
    "HORIZON_DAYS": "0",
    "LOG_LEVEL": "LOUD",
    "API_KEYS": "short",
    "RAW_DATA_DIRS": "/somewhere",
    "RAW_DATA_DIR": "/nowhere/raw",
    "WAREHOUSE_PATH": "/proc/nowhere/warehouse.duckdb",
    "PUBLIC_DIR": "/proc/nowhere/public",
    "AREPA_TYPES": "/nowhere/types.txt",
    "TZ": "Mars/Base",
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
    "PUSHGATEWAY_URL": "http://127.0.0.1:9",
    "HOST": "0.0.0.0",
    "NOTIFY_URLS": "mail=mailto://smtp.example.org?from=a@example.org&to={address} chat=nothing://x",
}
SAID = (
    "HORIZON_DAYS='0'",
    "LOG_LEVEL='LOUD'",
    "API_KEYS: key 1 has 5 characters",
    "RAW_DATA_DIRS is set and unknown; is RAW_DATA_DIR meant?",
    "/nowhere/raw: no such folder",
    "WAREHOUSE_PATH=/proc/nowhere: cannot be written to",
    "PUBLIC_DIR=/proc/nowhere/public: cannot be written to",
    "AREPA_TYPES=/nowhere/types.txt: cannot be read",
    "TZ=Mars/Base: no such zone",
    "MLFLOW_TRACKING_URI: 127.0.0.1:9 cannot be reached",
    "PUSHGATEWAY_URL: 127.0.0.1:9 cannot be reached",
    "NOTIFY_URLS: Apprise cannot read the URL of chat",
    "HOST=0.0.0.0 without API_KEYS",
    "bi.duckdb: cannot be read",
)


def test_every_fault_of_a_broken_setup_is_named(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    workspace.bi.write_text("no database")
    assert workspace.arepas("doctor", **BROKEN) == 1
    faults = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    for said in SAID:
        assert any(said in fault for fault in faults), (said, faults)
    assert len(faults) == len(SAID)
    assert not workspace.warehouse.exists()


def test_a_setup_before_its_first_morning_lacks_only_what_the_morning_makes(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    workspace.copy_raw(RAW_FIXTURES)
    assert workspace.arepas("doctor") == 1
    faults = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    assert len(faults) == 2
    assert "no models yet" in faults[0]
    assert "nothing published yet" in faults[1]
