"""`arepas doctor` names every fault of a broken setup."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version as version_of
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from mlflow import MlflowClient

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.morning.doctor import CHECKS, Finding
from python_ml.run.record import CREATE_RUNS
from python_ml.seen.notify import sent_path
from python_ml.settings import PROJECT_DIR
from tests.conftest import RAW_FIXTURES, Workspace
from tests.published_fleet import PublishedFleet, write_published
from tests.tiny_models import register

BROKEN = {
    "HORIZON_DAYS": "0",
    "LOG_LEVEL": "LOUD",
    "API_KEYS": "short",
    "RAW_DATA_DIRS": "/somewhere",
    "RAW_DATA_DIR": "/nowhere/raw",
    "WAREHOUSE_PATH": "/proc/nowhere/warehouse.duckdb",
    "PUBLIC_DIR": "/proc/nowhere/public",
    "ORDERS_DIR": "/proc/nowhere/orders",
    "AREPA_TYPES": "/nowhere/types.txt",
    "TZ": "Mars/Base",
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
    "PUSHGATEWAY_URL": "http://127.0.0.1:9",
    "PUBLISH_URL": "postgresql://arepas:secret@127.0.0.1:9/kitchens",
    "ORDERS_URL": "http://127.0.0.1:9/orders",
    "HOST": "0.0.0.0",
    "RECIPIENTS_FILE": "/nowhere/recipients.csv",
    "NOTIFY_URLS": "mail=mailto://smtp.example.org?from=a@example.org&to={address} chat=nothing://x",
}
PARTS_OF_ONE_ARM = """
create schema core;
create schema intermediate;
create table core.dim_machines as select 'm1' as machine_id, 'k1' as kitchen_id, 1 as phase;
create table intermediate.int_parts_serviced as
select 'm1' as machine_id, 'arm' as component, 1 as part_number;
"""
STEPS = (
    ("1", "load", "failed", "of an older run"),
    ("22", "load", "done", None),
    ("22", "build", "failed", "no room"),
    ("22", "digest", "running", None),
)
SAID = (
    "HORIZON_DAYS='0'",
    "LOG_LEVEL='LOUD'",
    "API_KEYS: key 1 has 5 characters",
    "RAW_DATA_DIRS is set and unknown; is RAW_DATA_DIR meant?",
    "/nowhere/raw: no such folder",
    "WAREHOUSE_PATH=/proc/nowhere: cannot be written to",
    "PUBLIC_DIR=/proc/nowhere/public: cannot be written to",
    "ORDERS_DIR=/proc/nowhere/orders: cannot be written to",
    "AREPA_TYPES=/nowhere/types.txt: cannot be read",
    "TZ=Mars/Base: no such zone",
    "MLFLOW_TRACKING_URI: 127.0.0.1:9 cannot be reached",
    "PUSHGATEWAY_URL: 127.0.0.1:9 cannot be reached",
    "PUBLISH_URL=postgresql://***@127.0.0.1:9/kitchens: ",
    "ORDERS_URL: 127.0.0.1:9 cannot be reached",
    "NOTIFY_URLS: Apprise cannot read the URL of chat",
    "HOST=0.0.0.0 without API_KEYS",
    "/nowhere/recipients.csv: cannot be read",
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


def test_files_of_before_metrics_were_widened_are_counted(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    workspace.copy_raw(RAW_FIXTURES)
    first = "timestamp;machine_id;batch_id"
    workspace.write("cooking_metrics_2024.csv", f"{first};metric_1\n")
    workspace.write("cooking_metrics_2025.csv", f"{first};metric_1\n")
    workspace.write("cooking_metrics_else.csv", "timestamp;metric_1\n")
    assert workspace.arepas("doctor") == 1
    faults = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    [said] = [fault for fault in faults if "METRICS" in fault]
    count = len(list(workspace.raw.glob("cooking_metrics*")))
    assert said == (
        f"FAULT METRICS names metric_2, which 2 of {count} files of readings lack, such as"
        " cooking_metrics_2025.csv: they are set aside, so models and clocks begin with the others;"
        " deliver them with it, or take it out of METRICS"
    )


def test_a_file_of_models_that_holds_nothing_is_left_as_it_is(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    store = workspace.folder / "empty.db"
    store.touch()
    assert workspace.arepas("doctor", MLFLOW_TRACKING_URI=f"sqlite:///{store}") == 1
    assert "empty.db: no models yet; run `make retrain`" in capsys.readouterr().out
    assert store.read_bytes() == b""


def test_recipients_whom_nothing_would_reach_and_layouts_that_cannot_be_read_are_named(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    with duckdb.connect(str(workspace.bi)) as bi:
        bi.execute("create schema bi.bi")
        for table in ("rpt_maintenance_plan_daily", "rpt_kitchen_freshness_daily"):
            bi.execute(
                f"create table bi.bi.{table} as"
                " from (values ('k01', date '2026-11-20'), ('k02', date '2026-08-23'),"
                " ('k03', date '2026-08-22')) as told (kitchen_id, as_of_date)"
            )
    recipients = workspace.folder / "recipients.csv"
    recipients.write_text(
        "kitchen_id,recipient,language\nK01,chat,es\nk01,ana@example.org,es\n"
        "k02,ana@example.org,es\nk03,eva@example.org,es\n"
        "all,a@example.org;b@example.org,es\n"
    )
    variables = {
        "RECIPIENTS_FILE": str(recipients),
        "NOTIFY_URLS": "mail=mailto://smtp.example.org?from=a@example.org&to={address}",
        "ORDERS_LAYOUT": "/nowhere/orders.toml",
    }
    assert workspace.arepas("doctor", **variables) == 1
    faults = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    told = [fault for fault in faults if "recipients.csv" in fault or "ORDERS_LAYOUT" in fault]
    assert len(told) == 5
    assert "chat: kitchen_id=K01: no such kitchen; there are k01" in told[0]
    assert "chat: NOTIFY_URLS has no entry 'chat'" in told[1]
    assert "eva@example.org: no morning of the last 90 days tells of kitchen k03" in told[2]
    assert "a@example.org;b@example.org: is not one mail address" in told[3]
    assert "ORDERS_LAYOUT=/nowhere/orders.toml: cannot be read" in told[4]


def test_technicians_of_a_kitchen_that_there_is_not_are_named(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    write_published(workspace.bi, PublishedFleet(date(2026, 11, 20), 1, 3, days=2))
    slots = workspace.folder / "technician_slots.csv"
    slots.write_text("kitchen_id,technician_slots\ndefault,2\nk01,1\nK01,0\n")
    monkeypatch.setattr("python_ml.morning.doctor.SEEDS", workspace.folder)
    assert workspace.arepas("doctor") == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "technician_slots" in line]
    assert told == [
        "FAULT seeds/technician_slots.csv: kitchen_id=K01: no such kitchen; there are k01;"
        " its slots count for none"
    ]


def test_a_file_that_another_user_left_is_named_with_its_owner(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    sent = sent_path(workspace.settings())
    sent.parent.mkdir()
    sent.touch()
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != sent)  # root may do anything
    monkeypatch.setattr("os.geteuid", lambda: 4_000_000)  # whom no list of users names
    monkeypatch.setenv("LOGNAME", "arepas")
    assert workspace.arepas("doctor") == 1
    owner = f"it belongs to {sent.owner()}, this is user 4000000"
    assert f"FAULT {sent}: cannot be read and written; {owner}\n" in capsys.readouterr().out


def test_champions_are_looked_at_though_the_warehouse_cannot_be_opened(
    with_store: Workspace, capsys: pytest.CaptureFixture[str]
):
    registry = Registry(with_store.settings())
    registry.promote(register(registry, "a1", trained_as_of=date(2026, 11, 1), horizon_days="9"))
    with_store.warehouse.write_bytes(b"no database" * 1000)
    assert with_store.arepas("doctor") == 1
    out = capsys.readouterr().out
    assert f"FAULT {with_store.warehouse}: " in out
    assert "FAULT a1: its champion looks 9 days ahead" in out


def test_whatever_stops_one_look_the_others_are_made(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def break_down(*_: object) -> Iterator[Finding]:
        raise RuntimeError("of a library's own")
        yield

    monkeypatch.setattr("python_ml.morning.doctor.CHECKS", (break_down, *CHECKS))
    assert workspace.arepas("doctor") == 1
    out = capsys.readouterr().out
    assert out.startswith("FAULT RuntimeError: of a library's own")
    assert "0 ways to reach recipients" in out


def test_a_client_that_wrote_to_the_published_file_is_told(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    with duckdb.connect() as client:
        client.execute(f"attach '{workspace.bi}' as theirs (storage_version 'latest')")
        client.execute("create table theirs.notes as select 'mine' as note")
    assert workspace.arepas("doctor") == 1
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "bi.duckdb: " in line]
    assert "older clients cannot read; open it read-only; `make daily` publishes it anew" in told


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-2, "run `make daily`"),
        (0, "bi.duckdb: plan of "),
        (3, "its newest plan lies ahead"),
    ],
)
def test_a_newest_plan_that_is_not_of_today_is_told(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], days: int, said: str
):
    with duckdb.connect(str(workspace.bi)) as bi:
        bi.execute(
            "create schema bi.bi; create table bi.bi.rpt_maintenance_plan_daily as"
            f" select current_date + {days} as as_of_date"
        )
    workspace.arepas("doctor")
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "bi.duckdb: " in line]
    assert said in told
    assert told.startswith("FAULT") == (days != 0)


def test_the_newest_run_types_without_a_model_and_versions_that_wait_are_told(
    with_store: Workspace, capsys: pytest.CaptureFixture[str]
):
    today = date(2026, 11, 2)
    moves = (("a1", "promote", "1"), ("a1", "proposed", "2"), ("a2", "proposed", "1"))
    with Warehouse(with_store.warehouse) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(
            "create or replace table ml.predictions as select 'a' || number as arepa_type,"
            " 'champion' as model_role, 'no_model' as status, cast(? as date) as as_of_date,"
            " 1 as phase from range(1, 4) as types (number)",
            [today],
        )
        warehouse.execute(
            "insert into ml.model_versions by name select 'a1' as arepa_type,"
            " 'arepa-a1' as model_name, '1' as model_version,"
            " date '2026-10-01' as trained_as_of_date, date '2026-01-01' as fitted_from_date,"
            " date '2026-09-01' as fitted_to_date, 7 as horizon_days"
        )
        warehouse.execute(
            "insert into ml.decision_terms by name select 'k1' as kitchen_id, 1 as phase,"
            " day as as_of_date, cost as breakdown_cost, 4 as planned_stop_cost,"
            " 4 as false_stop_cost, 2 as running_machine_count, 1 as technician_slots"
            " from (values (date '2026-10-02', 24), (date '2026-11-02', 48)) as of (day, cost)"
        )
        for arepa_type, verdict, version in moves:
            decision = Decision(arepa_type, verdict, None, version, "costs less")
            append_decision(warehouse, decision, as_of=today, mode="manual")
        warehouse.execute(CREATE_RUNS)
        for run_id, step, status, message in STEPS:
            warehouse.execute(
                "insert into ml.runs (run_id, step, as_of_date, started_at, status, message)"
                " values (?, ?, ?, ?, ?, ?)",
                [run_id, step, today, f"2026-11-02 0{len(run_id)}:00:00", status, message],
            )
    assert with_store.arepas("doctor", "--as-of", str(today)) == 1
    said = [
        line
        for line in capsys.readouterr().out.splitlines()
        if re.match(r"\w+ +(a\d:|the|costs) ", line)
    ]
    assert said == [
        "FAULT the newest run, of 2026-11-02: build: failed (no room); mend that and run it again",
        "FAULT the newest run, of 2026-11-02: digest: was killed; mend that and run it again",
        "ok    a1: version 2 is proposed, `make approve AREPA_TYPE=a1` makes it champion",
        "FAULT a2: version 1 is proposed, `make approve AREPA_TYPE=a2` makes it champion",
        "FAULT costs of phase 1 were 24, 4, 4 when models were trained, and are 48, 4, 4:"
        " run `make retrain`",
        "FAULT a3: has no champion, a control chart judges its machines; run `make retrain` when"
        " there is enough history",
    ]


def test_what_would_keep_a_champion_from_scoring_is_named(
    with_store: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    registry = Registry(with_store.settings())
    client = MlflowClient(with_store.environment["MLFLOW_TRACKING_URI"])
    for arepa_type in ("fine", "by hand", "changed", "moved", "deleted"):
        registry.promote(register(registry, arepa_type, trained_as_of=date(2026, 11, 1)))
    parts = '{"1": ["belt"]}'
    registry.promote(register(registry, "parts", trained_as_of=date(2026, 11, 1), parts=parts))
    with Warehouse(with_store.warehouse) as warehouse:
        warehouse.execute(PARTS_OF_ONE_ARM)
    client.set_registered_model_alias(
        "arepas__by%20hand",
        "champion",
        client.create_model_version("arepas__by%20hand", "models:/arepas__fine/1").version,
    )

    def folder_of(name: str) -> Path:
        return Path(urlsplit(client.get_model_version_download_uri(name, "1")).path)

    (folder_of("arepas__changed") / "model.pkl").write_bytes(b"another")
    folder_of("arepas__moved").rename(with_store.folder / "elsewhere")
    client.delete_run(str(client.get_model_version("arepas__deleted", "1").run_id))
    said = {
        "by hand": "arepas__by%20hand version 2: not made by `make train`",
        "changed": "arepas__changed version 1: cannot be loaded, its file is not the one",
        "moved": "there is no folder",
        "deleted": "was deleted in MLflow",
        "parts": "part 1 of phase 1 was belt, which has no clock now; run `make retrain`",
    }
    assert with_store.arepas("doctor") == 1
    lines = capsys.readouterr().out.splitlines()
    faults = [line for line in lines if re.match("FAULT .*(arepas__|parts: )", line)]
    assert len(faults) == len(said)
    for told in said.values():
        assert any(told in fault for fault in faults), (told, faults)

    assert with_store.arepas("doctor", METRICS="metric_1") == 1
    out = capsys.readouterr().out
    assert "fine: its champion looks at 8 columns, such as metric_2_mean_7d, that METRICS" in out

    monkeypatch.setattr("python_ml.engines.model_files.sklearn.__version__", "1.99.0")
    assert with_store.arepas("doctor") == 1
    out = capsys.readouterr().out
    assert f"fine: its champion was fitted with scikit-learn {version_of('scikit-learn')}" in out
    assert "run `make retrain`" in out


def test_a_champion_that_the_registry_has_no_more_is_named(
    with_store: Workspace, capsys: pytest.CaptureFixture[str]
):
    registry, trained = Registry(with_store.settings()), date(2026, 11, 1)
    client = MlflowClient(with_store.environment["MLFLOW_TRACKING_URI"])
    with Warehouse(with_store.warehouse) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(
            "create schema core; create table core.dim_arepa_types as select unnest(['there',"
            " 'version gone', 'all gone', 'another', 'not modelled']) as arepa_type,"
            " arepa_type <> 'not modelled' as is_modelled, 1 as batch_count"
        )
        for arepa_type in ("there", "version gone", "all gone", "another", "not modelled"):
            day = trained + timedelta(days=arepa_type == "another")
            model = register(registry, arepa_type, trained_as_of=day)
            decision = Decision(arepa_type, "promote", None, model.version, "costs less")
            append_decision(warehouse, decision, as_of=trained, mode="auto")
            registry.promote(model)
    client.delete_model_version("arepas__version%20gone", "1")
    for arepa_type in ("all%20gone", "not%20modelled"):
        client.delete_registered_model(f"arepas__{arepa_type}")
    assert with_store.arepas("doctor", "--as-of", str(trained)) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "arepas__" in line]
    assert [line.split(": ")[0] for line in told] == [
        "FAULT all gone",
        "FAULT another",
        "FAULT version gone",
    ]
    assert all(line.endswith("; run `make retrain`") for line in told)
    # Before there was a history the aliases say who is champion.
    with_store.warehouse.unlink()
    with_store.arepas("doctor", "--as-of", str(trained))
    assert "arepas__" not in capsys.readouterr().out


def test_an_alias_that_was_moved_by_hand_is_named(
    with_store: Workspace, capsys: pytest.CaptureFixture[str]
):
    registry, trained = Registry(with_store.settings()), date(2026, 11, 1)
    first, second = (register(registry, "a1", trained_as_of=trained) for _ in range(2))
    with Warehouse(with_store.warehouse) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(
            "create schema core; create table core.dim_arepa_types as"
            " select 'a1' as arepa_type, true as is_modelled, 1 as batch_count"
        )
        decision = Decision("a1", "promote", None, first.version, "costs less")
        append_decision(warehouse, decision, as_of=trained, mode="auto")
    said = "FAULT a1: MLflow's alias champion is at version 2, the plan goes by version 1; `make"
    for model, is_told in ((first, False), (second, True)):
        registry.promote(model)
        with_store.arepas("doctor", "--as-of", str(trained))
        assert (said in capsys.readouterr().out) == is_told


def test_files_of_other_systems_are_shown_as_they_are_understood(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
):
    layouts = PROJECT_DIR / "docs" / "layouts"
    workspace.copy_raw(layouts / "samples")
    workspace.arepas(
        "doctor",
        RAW_LAYOUTS=str(layouts / "layouts.toml"),
        METRICS="oven_temperature,motor_current",
        TZ="Europe/Rome",
    )
    said = capsys.readouterr().out
    assert (
        "ok    sap/ie05.txt: machines by layout sap_equipment\n"
        "      machine_id;kitchen_id;phase;installed_on\n"
        "      oven-1;k1;1;2024-03-01T00:00:00\n"
        "      oven-2;k1;1;2024-04-15T00:00:00\n"
        "      oven-3;k1;1;2025-05-02T00:00:00\n"
    ) in said
    assert said.count(" by layout ") == 9
    assert "gives oven_temperature, motor_current a name and a unit" in said
    workspace.arepas("doctor", RAW_LAYOUTS=str(layouts / "layouts.toml"))
    assert "FAULT RAW_LAYOUTS=" in capsys.readouterr().out
