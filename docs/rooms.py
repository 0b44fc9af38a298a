"""`make docs-tables`: the list of all modules in `docs/architecture.md`, of their docstrings."""

import ast
import re
from pathlib import Path

from python_ml.settings import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "architecture.md"
PACKAGE = PROJECT_DIR / "python_ml"
BEGINS, ENDS = "<!-- modules -->\n", "<!-- end of modules -->\n"


def build_list() -> str:
    """Build the list: a line a module with the first line of its docstring, room by room."""
    modules = [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"]
    ordered = sorted(modules, key=lambda path: (len(path.parts), path))
    lines = [f"| `{path.relative_to(PACKAGE)}` | {_say_first(path)} |\n" for path in ordered]
    return "".join(["| module | what it is |\n", "|---|---|\n", *lines])


def put_in(page: str, modules: str) -> str:
    """Put the list between its marks in the page."""
    before, _, rest = page.partition(BEGINS)
    return f"{before}{BEGINS}{modules}{ENDS}{rest.partition(ENDS)[2]}"


def _say_first(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return re.sub("([|<>])", r"\\\1", docstring.partition("\n")[0])


def main() -> None:
    """Write the list into the page."""
    PAGE.write_text(put_in(PAGE.read_text(), build_list()), encoding="utf-8")


if __name__ == "__main__":
    main()
