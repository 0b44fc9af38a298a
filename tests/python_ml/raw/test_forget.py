"""What was delivered can be taken back, what was set aside comes back, all can be built anew."""

from collections.abc import Callable
from pathlib import Path

import pytest

from python_ml.raw.forget import forget
from tests.conftest import Workspace
from tests.python_ml.raw.test_deliveries import assert_same_tables, read_tables
from tests.small_fleet import copy_of

AS_OF = "2020-11-05"
EXTRA = """timestamp;machine_id;batch_id;metric_1;metric_2
2020-11-03T10:00:00;m1;b1;0,5;0,5
2020-11-03T10:00:00;m1;late;0,5;0,5
2020-11-03T11:00:00;m7;b1;0,5;0,5
"""
STATUS = """
select rows_kept, rows_quarantined from quarantine.row_ledger
where source_file = 'k1/cooking_metrics_extra.csv'
"""


def build(workspace: Workspace, verb: str = "build", *arguments: str) -> int:
    return workspace.arepas(verb, "--as-of", AS_OF, *arguments, QUARANTINE_LIMIT="1")


@pytest.fixture
def delivered(built_fixtures: Workspace, tmp_path: Path) -> Workspace:
    return copy_of(built_fixtures, tmp_path / "copy")


def test_a_forgotten_file_might_never_have_come(
    delivered: Workspace, error_of: Callable[[], str], caplog: pytest.LogCaptureFixture
):
    before = read_tables(delivered)
    delivered.write("k1/cooking_metrics_extra.csv", EXTRA)
    assert build(delivered) == 0
    assert delivered.rows(STATUS) == [(1, 2)]
    extra = delivered.raw / "k1" / "cooking_metrics_extra.csv"
    forget_extra = ("--file", "k1/cooking_metrics_extra.csv")

    assert build(delivered, "forget", *forget_extra) == 2
    assert f"still lies in {delivered.raw}" in error_of()
    caplog.clear()
    assert build(delivered, "forget", "--file", "cooking_metrics_extra.csv") == 2
    assert "did you mean k1/cooking_metrics_extra.csv?" in error_of()
    caplog.clear()

    extra.unlink()
    assert build(delivered) == 0
    assert "k1/cooking_metrics_extra.csv: gone from RAW_DATA_DIR; its rows stay" in caplog.text
    assert delivered.rows(STATUS) == [(1, 2)]
    assert build(delivered, "forget", *forget_extra) == 0
    assert_same_tables(read_tables(delivered), before)
    logged = "select count(*) from raw.files where source_file like '%extra%'"
    assert delivered.rows(logged) == [(0,)]
    assert build(delivered, "forget", *forget_extra) == 2


def test_a_file_whose_forgetting_was_cut_off_is_forgotten_by_typing_it_again(delivered: Workspace):
    delivered.write("k1/cooking_metrics_extra.csv", EXTRA)
    assert build(delivered) == 0
    (delivered.raw / "k1" / "cooking_metrics_extra.csv").unlink()
    forget(delivered.settings(), "k1/cooking_metrics_extra.csv")  # and killed before the build
    forget_extra = ("--file", "k1/cooking_metrics_extra.csv")
    assert build(delivered, "forget", *forget_extra) == 0
    assert delivered.rows(STATUS) == []
    assert build(delivered, "forget", *forget_extra) == 2


def test_rows_come_back_when_their_batch_and_machine_are_registered(delivered: Workspace):
    delivered.write("k1/cooking_metrics_extra.csv", EXTRA)
    assert build(delivered) == 0
    assert delivered.rows(STATUS) == [(1, 2)]
    delivered.write("batch_registry_2.csv", "batch_id;arepa_type\nlate;a1\n")
    assert build(delivered) == 0
    assert delivered.rows(STATUS) == [(2, 1)]
    delivered.write("machines_2.csv", "machine_id;kitchen_id;phase\nm7;k1;1\n")
    assert build(delivered) == 0
    assert delivered.rows(STATUS) == [(3, 0)]
    in_days = read_tables(delivered)
    assert build(delivered, "rebuild") == 0
    assert_same_tables(read_tables(delivered), in_days)
