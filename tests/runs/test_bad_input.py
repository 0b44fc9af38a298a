"""Bad input: one line that says what, where and what to do, and nothing touched."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RAW_FIXTURES, Workspace
from tests.small_fleet import copy_of

ErrorOf = Callable[[], str]


@pytest.fixture(scope="module")
def built(built_fixtures: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copy_of(built_fixtures, tmp_path_factory.mktemp("built") / "copy")


def remove_column(raw: Path) -> None:
    (raw / "machines.csv").write_text("machine_id;phase\nm1;1\n")


def utf_16_file(raw: Path) -> None:
    (raw / "machines.csv").write_text("machine_id;kitchen_id;phase\n", encoding="utf-16")


def test_a_needed_file_that_is_missing_is_named_and_the_warehouse_stays_as_it_was(
    built: Workspace, tmp_path: Path, error_of: ErrorOf
):
    other_raw = Workspace(tmp_path)
    other_raw.copy_raw(RAW_FIXTURES)
    (other_raw.raw / "batch_registry.csv").unlink()
    before = built.rows("select * from raw.files order by all")
    status = built.arepas("build", "--as-of", "2020-11-05", RAW_DATA_DIR=str(other_raw.raw))
    assert status == 2
    assert "no batch_registry*" in error_of()
    assert built.rows("select * from raw.files order by all") == before


def test_a_metric_that_files_loaded_before_do_not_have_is_named(
    built: Workspace, error_of: ErrorOf
):
    grown = built.arepas("build", "--as-of", "2020-11-05", METRICS="metric_1,metric_2,metric_9")
    assert grown == 2
    assert "cooking_metrics.csv: column metric_9 is missing" in error_of()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (remove_column, "machines.csv: column kitchen_id is missing"),
        (utf_16_file, "machines.csv: cannot be read, its text is UTF-16"),
    ],
)
def test_a_table_without_any_readable_file_is_named(
    workspace: Workspace, error_of: ErrorOf, spoil: Callable[[Path], None], said: str
):
    workspace.copy_raw(RAW_FIXTURES)
    spoil(workspace.raw)
    assert workspace.arepas("build", "--as-of", "2020-11-05") == 2
    assert said in error_of()


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["--as-of", "2020-11-31"], {}, "AS_OF='2020-11-31' is not a day"),
        (["--as-of", "yesterday"], {}, "AS_OF='yesterday' is not a day"),
        (["--as-of", "2999-01-01"], {}, "AS_OF=2999-01-01 lies in the future"),
        ([], {"RAW_DATA_DIR": "/nowhere/at/all"}, "/nowhere/at/all: no such folder"),
        ([], {"HORIZON_DAYS": "0"}, "HORIZON_DAYS='0'"),
        ([], {"PHASES": "4"}, "PHASES='4'"),
        ([], {"TZ": "Bogota"}, "TZ=Bogota: no such zone"),
        ([], {"METRICS": "metric_1,drop table"}, "METRICS="),
        ([], {"QUARANTINE_LIMIT": "5%"}, "QUARANTINE_LIMIT='5%'"),
        ([], {"AREPA_TYPES": "/nowhere/list.txt"}, "AREPA_TYPES=/nowhere/list.txt: cannot be read"),
    ],
)
def test_an_unusable_setting_is_named(
    workspace: Workspace,
    error_of: ErrorOf,
    arguments: list[str],
    variables: dict[str, str],
    said: str,
):
    workspace.copy_raw(RAW_FIXTURES)
    assert workspace.arepas("build", *arguments, **variables) == 2
    assert said in error_of()
    assert not workspace.warehouse.exists()


def test_a_listed_type_that_never_cooked_is_named(built: Workspace, error_of: ErrorOf):
    types = built.folder / "types.txt"
    types.write_text("a1, zz\n")
    assert built.arepas("build", "--as-of", "2020-11-05", AREPA_TYPES=str(types)) == 2
    assert "AREPA_TYPES names zz" in error_of()


def test_too_much_quarantine_stops_the_day_and_names_the_share(built: Workspace, error_of: ErrorOf):
    assert built.arepas("build", "--as-of", "2020-11-05", QUARANTINE_LIMIT="0.01") == 1
    assert "quarantine" in error_of()


def test_a_day_before_all_readings_is_refused_and_the_page_stays(
    built: Workspace, tmp_path: Path, error_of: ErrorOf
):
    page = tmp_path / "index.html"
    page.write_text("today's plan")
    [(first,)] = built.rows("select min(as_of_date) from features.feat_machine_arepa_daily")
    assert built.arepas("daily", "--as-of", "1990-01-01", PUBLIC_DIR=str(tmp_path)) == 2
    said = f"AS_OF=1990-01-01: no machine was heard in the weeks before it; give a day from {first}"
    assert error_of().startswith(said)
    assert page.read_text() == "today's plan"
    assert not built.bi.exists()


def test_a_back_fill_before_all_readings_is_refused(built: Workspace, error_of: ErrorOf):
    assert built.arepas("backfill", "--from", "1990-01-01", "--to", "1990-01-03") == 2
    assert error_of().startswith("TO=1990-01-03: no machine was heard in the weeks before it; give")
    assert not built.bi.exists()


def test_a_day_before_all_readings_is_refused_by_the_first_build_too(
    workspace: Workspace, error_of: ErrorOf
):
    workspace.copy_raw(RAW_FIXTURES)
    assert workspace.arepas("daily", "--as-of", "1990-01-01") == 2
    assert error_of().startswith("AS_OF=1990-01-01: no machine was heard in the weeks before it")
    assert not (workspace.folder / "public").exists()


def test_a_day_without_any_champion_is_planned_by_control_charts_and_says_what_to_run(
    built: Workspace, error_of: ErrorOf
):
    assert built.arepas("daily", "--as-of", "2020-11-05") == 3
    assert "a control chart judges their machines; run `make retrain`" in error_of()
    assert built.bi.exists()
