"""`make docs-tables`: `docs/settings.md` and `.env.example`, made of the settings' model."""

import re
from dataclasses import dataclass
from itertools import groupby
from textwrap import fill
from typing import Any

from python_ml.settings import DEMO_PLACES, PROJECT_DIR, Settings

PAGE = PROJECT_DIR / "docs" / "settings.md"
EXAMPLE = PROJECT_DIR / ".env.example"
WIDTH = 100
# Set to its default, each says more than not set: that there is no demo; UTC; and in a container
# whose env_file was copied from the example, not the volume and the address that the image sets.
SET_BY_IMAGE = re.findall(
    r"^(?:ENV)? +([A-Z_]+)=", (PROJECT_DIR / "deploy" / "Dockerfile").read_text(), re.MULTILINE
)
BETTER_NOT_SET = {*DEMO_PLACES, "TZ", *SET_BY_IMAGE}
PAGE_BEGINS = """# Settings

Every setting is an environment variable, which `make` takes on its command line, too. Blank is not
set; relative places count from the project's folder. All values that cannot be used are named in
one line, with exit status 2; `make doctor` says what is set. To copy from:
[.env.example](../.env.example). How we model is no variable: the keys of the tables at the end are
explained in [python_ml/settings.toml](../python_ml/settings.toml). What the business edits is in
`seeds/`; a cost, phase or number of technicians there that cannot be one (2.5, `nan`, -1), a row
that stands twice, or no row `default` of technicians, is refused with file, line and value (2).

`make docs-tables` makes this page of `python_ml/settings.py`.
"""
EXAMPLE_BEGINS = """\
# Every setting with its default, by `make docs-tables`. Relative places count from the project's
# folder.
"""


@dataclass(frozen=True)
class Described:
    """A variable or a table of `settings.toml`, which has no default, as the docs show it."""

    group: str
    name: str
    default: str | None
    description: str


def describe_settings() -> list[Described]:
    """Describe all settings in the order of the model; each once, as its first field says."""
    described: dict[str, Described] = {}
    for field in Settings.model_fields.values():
        name, extra = str(field.validation_alias), dict[str, Any](field.json_schema_extra or {})
        default = None if field.is_required() else field.default
        setting = Described(extra["group"], name, default, field.description or "")
        described.setdefault(name, setting)
    return list(described.values())


def build_page(described: list[Described]) -> str:
    """Build the page: a table a group."""
    parts = [PAGE_BEGINS]
    for group, members in groupby(described, lambda setting: setting.group):
        parts.append(f"\n## {group}\n\n| setting | default | what it says |\n|---|---|---|\n")
        for setting in members:
            name = f"[{setting.name}]" if setting.default is None else setting.name
            default = f"`{setting.default}`" if setting.default else ""
            description = re.sub("([|<>])", r"\\\1", setting.description)
            parts.append(f"| `{name}` | {default} | {description} |\n")
    return "".join(parts)


def build_example(described: list[Described]) -> str:
    """Build the example: a line a variable, as a shell or a container reads it."""
    parts = [EXAMPLE_BEGINS]
    variables = [setting for setting in described if setting.default is not None]
    for group, members in groupby(variables, lambda setting: setting.group):
        parts.append(f"\n## {group}\n\n")
        for setting in members:
            mark = "#" if setting.name in BETTER_NOT_SET else ""
            said = fill(setting.description, WIDTH, initial_indent="# ", subsequent_indent="# ")
            parts.append(f"{said}\n{mark}{setting.name}={setting.default}\n")
    return "".join(parts)


def main() -> None:
    """Write both files."""
    described = describe_settings()
    PAGE.write_text(build_page(described), encoding="utf-8")
    EXAMPLE.write_text(build_example(described), encoding="utf-8")


if __name__ == "__main__":
    main()
