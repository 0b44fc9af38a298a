"""`docs/architecture.md` draws the house as it is: its picture is compared with what it draws."""

import re
import tomllib
from itertools import pairwise, product

import yaml

from docs.rooms import build_list, put_in
from python_ml.seen.published import TABLES
from python_ml.settings import PROJECT_DIR

PAGE = (PROJECT_DIR / "docs/architecture.md").read_text()
MODELS = PROJECT_DIR / "models"


def arrows(part: str) -> set[tuple[str, str]]:
    """Read the arrows of one part of the picture; a long arrow is drawn by Python, not dbt."""
    drawn = re.search(rf"subgraph {part} .*?\n(.*?)\n    end", PAGE, re.DOTALL)
    assert drawn
    ends = [line.split("-->") for line in drawn[1].splitlines() if "-->" in line]
    return {
        (left, right)
        for lefts, rights in ends
        for left, right in product(_names(lefts), _names(rights))
    }


def _names(text: str) -> list[str]:
    return [name.strip().partition("[")[0] for name in text.split("&")]


def test_the_rooms_are_drawn_as_the_import_contract_stacks_them():
    tools = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["tool"]
    layers = [
        re.split(r" [|:] ", layer) for layer in tools["importlinter"]["contracts"][0]["layers"]
    ]
    assert arrows("rooms") == {
        arrow for upper, lower in pairwise(layers) for arrow in product(upper, lower)
    }


def test_every_room_has_a_line_and_says_itself_what_it_is_for():
    rooms = {path.parent.name for path in (PROJECT_DIR / "python_ml").glob("*/__init__.py")}
    assert rooms == set(re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE))
    for room in rooms:
        text = (PROJECT_DIR / "python_ml" / room / "__init__.py").read_text()
        assert re.fullmatch(r'""".+"""\n', text, re.DOTALL), room


def test_the_data_goes_between_the_folders_as_drawn():
    sources = {"lines": "kitchen", "predictions": "ml"}
    folder_of = {path.stem: str(path.parent.relative_to(MODELS)) for path in MODELS.rglob("*.sql")}
    folder_of |= {path.stem: "seeds" for path in (PROJECT_DIR / "seeds").glob("*.csv")}
    folder_of |= {source: name for name, source in sources.items()}
    read = {
        (folder_of[name], folder_of[path.stem])
        for path in MODELS.rglob("*.sql")
        for name in re.findall(r"\b(?:ref|source)\('(\w+)'", path.read_text())
    }
    assert arrows("data") == {(source, target) for source, target in read if source != target}


def test_the_exposures_name_what_readers_read():
    listed = yaml.safe_load((MODELS / "marts" / "_exposures.yml").read_text())["exposures"]
    read = {
        it["name"]: {name for ref in it["depends_on"] for name in re.findall(r"'(\w+)'", ref)}
        for it in listed
    }
    marts = {path.stem: path.parent.name for path in (MODELS / "marts").rglob("*.sql")}
    assert read["bi_tools"] == {name for name, folder in marts.items() if folder == "bi"}
    assert read["morning_page"] == marts.keys() & TABLES.keys()
    # What compares the two engines asks no table for its meaning.
    modules = [
        path for path in (PROJECT_DIR / "python_ml").rglob("*.py") if path.parent.name != "spark"
    ]
    by_python = {
        name
        for path in modules
        for folder, name in re.findall(r"\b(core|features|bi)\.(\w+)\b", path.read_text())
        if marts.get(name) == folder
    }
    assert by_python <= set().union(*read.values())
    assert len(by_python) > 10


def test_every_module_is_listed_with_what_it_says_of_itself():
    assert put_in(PAGE, build_list()) == PAGE, "run `make docs-tables`"
