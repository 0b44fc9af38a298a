"""RAW_LAYOUTS: what it may say, and one line for each thing that it may not."""

from dataclasses import replace
from pathlib import Path

import pytest

from python_ml.errors import InputError
from python_ml.raw.files import find_raw_files, raw_tables
from python_ml.raw.layouts import Layout, layout_of, read_layouts
from python_ml.settings import PROJECT_DIR

TABLES = raw_tables(("oven", "amps"))
REQUIRED = {table.name: table.required_columns for table in TABLES}
LOTS = """
[lots]
table = "batch_registry"
files = "erp/*.csv"
[lots.columns]
batch_id = "Lot"
arepa_type = { from = "Material", map = { "100" = "a1" } }
"""


def read(folder: Path, text: str, zone: str | None = "America/Bogota") -> tuple[Layout, ...]:
    path = folder / "layouts.toml"
    path.write_text(text)
    return read_layouts(path, REQUIRED, zone)


def test_the_example_of_the_docs_is_read():
    required = {
        t.name: t.required_columns for t in raw_tables(("oven_temperature", "motor_current"))
    }
    path = PROJECT_DIR / "docs" / "layouts" / "layouts.toml"
    assert len(read_layouts(path, required, "Europe/Rome")) == 9
    assert read_layouts(None, required, None) == ()


@pytest.mark.parametrize(
    ("changed", "to", "told"),
    [
        ('files = "erp/*.csv"', "", "lots.files: Field required"),
        ('table = "batch_registry"', 'table = "lots"', "lots.table: Input should be"),
        ('files = "erp/*.csv"', 'files = "x"\nencodin = "utf-8"', "lots.encodin: no such word"),
        ('files = "erp/*.csv"', 'files = "x"\nencoding = "latin1"', "lots.encoding: Input should"),
        ('batch_id = "Lot"', "", "batch_registry needs batch_id; say where it comes from"),
        ('batch_id = "Lot"', 'batch_id = "Lot"\nprice = "P"', "has no column price"),
        ('batch_id = "Lot"', "batch_id = {}", "column batch_id: write either from or constant"),
        ('batch_id = "Lot"', 'batch_id = { from = "Lot", pattern = "[" }', "is no pattern"),
        ('batch_id = "Lot"', 'batch_id = { from = "L", pattern = "a" }', "needs one group"),
        ('batch_id = "Lot"', 'batch_id = { from = "L", zone = "UTC" }', "batch_id is no time"),
        ('batch_id = "Lot"', 'batch_id = { from = "L", format = ["%d", "wincc"] }', "stands alone"),
        ('files = "erp/*.csv"', 'files = "x"\nheader = false', "write names where header = false"),
        ('files = "erp/*.csv"', 'files = "x"\nthousands = "."', "thousands are both '.'; correct"),
        ("[lots]", "lots", "cannot be read"),
        (
            "[lots.columns]",
            '[lots.machines.m1]\nx = "y"\n[lots.columns]',
            "machines are for cooking",
        ),
    ],
)
def test_what_a_layout_may_not_say_is_one_line(tmp_path: Path, changed: str, to: str, told: str):
    with pytest.raises(InputError) as refused:
        read(tmp_path, LOTS.replace(changed, to))
    lines = [str(argument) for argument in refused.value.args]
    assert any(told in line for line in lines), lines
    assert all(line.startswith(f"RAW_LAYOUTS={tmp_path}/layouts.toml: ") for line in lines)
    assert all("\n" not in line for line in lines)


FAULTS = """
[faults]
table = "faulty_intervals"
files = "*.csv"
[faults.columns]
machine_id = "Oven"
start_time = { from = "From", zone = "ZONE" }
end_time = { from = "To", format = "epoch_ms" }
"""


def test_an_unknown_zone_and_a_missing_one_of_the_kitchens_are_named(tmp_path: Path):
    with pytest.raises(
        InputError, match=r"faults[.]columns[.]start_time.*'ZONE' is no zone; write it as"
    ):
        read(tmp_path, FAULTS)
    with pytest.raises(InputError, match="column start_time has times of another zone; set TZ"):
        read(tmp_path, FAULTS.replace("ZONE", "UTC"), zone=None)
    assert read(tmp_path, FAULTS.replace("ZONE", "offset"))


def test_two_layouts_that_fit_one_file_are_named(tmp_path: Path):
    layouts = read(tmp_path, LOTS + LOTS.replace("lots", "also").replace("erp/*", "*lot*"))
    assert layout_of("ERP/stock.CSV", layouts) is layouts[0]
    assert layout_of("x/y.csv", layouts) is None
    with pytest.raises(InputError, match=r"^erp/lots[.]csv: the layouts lots and also both fit it"):
        layout_of("erp/lots.csv", layouts)


def test_a_layout_takes_files_of_any_name_but_answers(tmp_path: Path):
    layouts = read(tmp_path, LOTS.replace("erp/*.csv", "*.dat") + FAULTS.replace("ZONE", "UTC"))
    for name in ("batch.dat", "cooking_metrics.csv", "maintenance_events_answers_2026-11.csv"):
        (tmp_path / name).write_text("a;b\n")
    optional = tuple(replace(table, is_needed=False) for table in TABLES)
    found = find_raw_files(tmp_path, optional, layouts)
    assert {file.source_file: (file.layout and file.layout.name) for file in found.files} == {
        "batch.dat": "lots",
        "cooking_metrics.csv": "faults",
        "maintenance_events_answers_2026-11.csv": None,
    }
    assert found.unused_layouts == ()
    (tmp_path / "batch.dat").unlink()
    unused = f"layout lots fits no file in {tmp_path} (*.dat); correct its `files`, or deliver one"
    assert find_raw_files(tmp_path, optional, layouts).unused_layouts == (unused,)
    with pytest.raises(InputError) as refused:
        find_raw_files(tmp_path, TABLES, layouts)
    assert unused in str(refused.value)
