"""What cannot be meant in the seeds is refused before an engine makes something else of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from python_ml.engines import transform
from python_ml.errors import InputError
from python_ml.seed_numbers import check_seeds
from python_ml.settings import PROJECT_DIR
from tests.conftest import RAW_FIXTURES, Workspace

COSTS = "phase,breakdown_cost,planned_stop_cost,false_stop_cost\n"


def refused(folder: Path) -> list[str]:
    try:
        check_seeds(folder)
    except InputError as error:
        return str(error).split("; ")
    return []


def test_the_projects_own_seeds_can_be_meant():
    check_seeds(PROJECT_DIR / "seeds")


@pytest.mark.parametrize("text", ["2.5", "-1", "nan", "inf", "two", "", "1e400", "9999999999"])
def test_technicians_that_cannot_be_meant_are_named(tmp_path: Path, text: str):
    path = tmp_path / "technician_slots.csv"
    path.write_text(f"kitchen_id,technician_slots\ndefault,2\nk1,{text}\n", encoding="utf-8-sig")
    assert refused(tmp_path) == [
        f"seeds/technician_slots.csv: line 3: technician_slots={text!r}: write a whole number from"
        " 0 to 1000000"
    ]


def test_a_weekdays_technicians_may_be_left_out_and_no_more(tmp_path: Path):
    path = tmp_path / "technician_slots.csv"
    path.write_text("kitchen_id,technician_slots,Monday,sunday\ndefault, +2 ,,0\nk1,2.0,1.5,nan\n")
    assert [line.partition(": write")[0] for line in refused(tmp_path)] == [
        "seeds/technician_slots.csv: line 3: monday='1.5'",
        "seeds/technician_slots.csv: line 3: sunday='nan'",
    ]


@pytest.mark.parametrize("column", [1, 2, 3])
@pytest.mark.parametrize("text", ["nan", "inf", "-5", "1e400", "2,400", "null"])
def test_costs_that_cannot_be_meant_are_named(tmp_path: Path, column: int, text: str):
    cells = ["1", "2400.5", "4e2", ".5"]
    cells[column] = f'"{text}"'
    (tmp_path / "maintenance_costs.csv").write_text(f"{COSTS}{','.join(cells)}\n")
    name = COSTS.strip().split(",")[column]
    assert refused(tmp_path) == [
        f"seeds/maintenance_costs.csv: line 2: {name}={text!r}: write a number from 0 to"
        " 1000000000000"
    ]


SLOTS_HEADER = "kitchen_id,technician_slots\n"
TYPES_HEADER = "arepa_type,arepa_type_name,is_modelled\n"


@pytest.mark.parametrize(
    ("seed", "text", "told"),
    [
        ("technician_slots", f"{SLOTS_HEADER}default,2\ndefault,3\n",
         "line 3: default stands on line 2, too; keep one of them"),
        ("technician_slots", f"{SLOTS_HEADER}default,2\n,3\n",
         "line 3: kitchen_id is empty; write it, or take the line out"),
        ("technician_slots", f"{SLOTS_HEADER}k1,2\n",
         "the row default is missing; add it for kitchens that are not named"),
        ("technician_slots", SLOTS_HEADER,
         "the row default is missing; add it for kitchens that are not named"),
        ("maintenance_costs", f"{COSTS}1,2400,400,400\n1,2500,400,400\n",
         "line 3: 1 stands on line 2, too; keep one of them"),
        ("arepa_types", f"{TYPES_HEADER}a1,x,true\na2,y,\na1,z,false\n",
         "line 4: a1 stands on line 2, too; keep one of them"),
        ("arepa_types", f"{TYPES_HEADER}a1,x,maybe\n",
         "line 2: is_modelled='maybe': write true or false"),
        ("arepa_types", "arepa_type,arepa_type_name\na1,x\n",
         "line 2: is_modelled is missing, write true or false"),
        ("recipients", "kitchen_id,recipient,language\nall,a,en\nk1,a,en\nall,a,es\n",
         "line 4: all, a stands on line 2, too; keep one of them"),
        ("metrics", "metric,name_en\nmetric_1,a\nmetric_1,b\n",
         "line 3: metric_1 stands on line 2, too; keep one of them"),
    ],
)  # fmt: skip
def test_a_row_stands_once_and_what_is_needed_is_there(
    tmp_path: Path, seed: str, text: str, told: str
):
    (tmp_path / f"{seed}.csv").write_text(text)
    with pytest.raises(InputError) as refusal:
        check_seeds(tmp_path)
    assert str(refusal.value) == f"seeds/{seed}.csv: {told}"


def test_a_phase_is_one_of_three_and_a_column_is_there(tmp_path: Path):
    (tmp_path / "maintenance_costs.csv").write_text("phase;breakdown_cost\n1;2400\n")
    assert refused(tmp_path)[0] == (
        "seeds/maintenance_costs.csv: line 2: phase is missing, write a whole number from 1 to 3"
    )
    (tmp_path / "maintenance_costs.csv").write_text(f"{COSTS}1.5,2400,400,400\n4,2400,400,400\n")
    assert [line.partition(": write")[0] for line in refused(tmp_path)] == [
        "seeds/maintenance_costs.csv: line 2: phase='1.5'",
        "seeds/maintenance_costs.csv: line 3: phase='4'",
    ]


def test_a_build_on_such_seeds_ends_before_anything_is_built(
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error_of: Callable[[], str],
):
    workspace.copy_raw(RAW_FIXTURES)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "maintenance_costs.csv").write_text(f"{COSTS}1,nan,400,400\n")
    monkeypatch.setattr(transform, "PROJECT_DIR", tmp_path)
    assert workspace.arepas("build", "--as-of", "2020-11-05") == 2
    assert "seeds/maintenance_costs.csv: line 2: breakdown_cost='nan'" in error_of()
