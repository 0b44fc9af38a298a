"""`make next-engines`: a morning on the next dbt and DuckDB, each in an environment of its own.

Prints the table of CONTRIBUTING.md. What builds and passes its tests may still say something else,
so the values are compared with those of the environment that is installed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_ml.settings import PROJECT_DIR

MORNING = "2020-11-05"
# The raw fixtures have too few breakdowns for a model, so their morning ends partly done.
PARTLY_DONE = 3
# dbt 1.12 asks for it and runs without; its source package downloads while it is built.
NO_PARSER = "dbt-core-experimental-parser; python_version < '3'"
TELL = """
import hashlib, json, sys
from importlib.metadata import version
from pathlib import Path
from python_ml.engines.warehouse import Warehouse

tables = (
    "core.fct_machine_metrics_hourly",
    "features.train_machine_arepa_daily",
    "bi.rpt_maintenance_plan_daily",
)
with Warehouse(Path(sys.argv[1]), read_only=True) as warehouse:
    rows = {
        table: warehouse.frame(f"select * from {table} order by all").to_csv() for table in tables
    }
print(json.dumps({
    "versions": [f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "dbt-duckdb")],
    "values": {table: hashlib.sha256(text.encode()).hexdigest() for table, text in rows.items()},
}))
"""


class RefusedError(Exception):
    """An environment that does not install, or does not do what is asked of it; says why."""


@dataclass(frozen=True)
class Engines:
    """What is asked for instead of what the lock says; nothing: what is installed here."""

    name: str
    requirements: tuple[str, ...] = ()


ENGINES = (
    Engines("as installed"),
    Engines("dbt 1.12", ("dbt-core>=1.12,<1.13", "duckdb>=1.5,<2", NO_PARSER)),
    Engines("dbt 1.12 and DuckDB 2", ("dbt-core>=1.12,<1.13", "duckdb>=2,<3", NO_PARSER)),
    Engines("dbt 1.13, not out yet, and DuckDB 2",
            ("dbt-core>=1.13.0b1,<1.14", "duckdb>=2,<3", NO_PARSER)),
    Engines("dbt 2", ("dbt-core>=2.0.0rc1",)),
)  # fmt: skip


def main() -> int:
    """Run each and print what came of it; 1 where one that installs does not do the same."""
    parser = argparse.ArgumentParser(prog="make next-engines", description=__doc__)
    parser.add_argument("--only", default="", help="engines whose name holds this")
    options = parser.parse_args()
    expected: dict[str, str] = {}
    status = 0
    print("| engines | versions | what was seen |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="arepas-next-engines-") as name:
        for engines in ENGINES:
            if engines.requirements and options.only not in engines.name:
                continue
            folder = Path(name, "engines")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                binaries = _install(engines, folder)
            except RefusedError as error:
                print(f"| {engines.name} | | does not install: {error} |", flush=True)
                continue
            try:
                versions, values, said = _run(binaries, folder)
            except RefusedError as error:
                print(f"| {engines.name} | | **fails**: {error} |", flush=True)
                status = 1
                continue
            expected = expected or values
            other = [table for table in expected if values[table] != expected[table]]
            status |= bool(other)
            told = f"**other values** in {', '.join(other)}" if other else "the same values"
            print(f"| {engines.name} | {versions} | {said}, {told} |", flush=True)
    return status


def _install(engines: Engines, folder: Path) -> Path:
    """Make an environment of the project's needs, but for those; returns its programs' folder."""
    here = Path(sys.executable).parent
    if not engines.requirements:
        return here
    overrides = folder / "overrides.txt"
    overrides.write_text("\n".join(engines.requirements))
    binaries = folder / "venv" / "bin"
    _call([sys.executable, "-m", "venv", "--without-pip", folder / "venv"])
    project = ["--override", overrides, "--editable", PROJECT_DIR]
    _call([here / "uv", "pip", "install", "--python", binaries / "python", *project])
    return binaries


def _run(binaries: Path, folder: Path) -> tuple[str, dict[str, str], str]:
    """Build a morning of the raw fixtures and run the unit tests; versions, values, what was said.

    Raises:
        RefusedError: One of them fails.
    """
    places = {
        "RAW_DATA_DIR": PROJECT_DIR / "tests" / "fixtures" / "raw",
        "WAREHOUSE_PATH": folder / "warehouse.duckdb",
        "BI_PATH": folder / "bi.duckdb",
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "MLFLOW_ARTIFACT_ROOT": folder / "artifacts",
        "REPORTS_DIR": folder / "reports",
        "PUBLIC_DIR": folder / "public",
        "DBT_TARGET_PATH": folder / "target",
        "DBT_LOG_PATH": folder / "logs",
    }
    env = os.environ | {name: str(place) for name, place in places.items()}
    dbt = binaries / "dbt"
    _call([binaries / "arepas", "daily", "--as-of", MORNING], env, expected=PARTLY_DONE)
    tested = _call([dbt, "test", "--select", "test_type:unit"], env)
    parsed = _call([dbt, "parse", "--no-partial-parse", "--show-all-deprecations"], env)
    told = json.loads(_call([binaries / "python", "-c", TELL, places["WAREHOUSE_PATH"]], env))
    passed = re.findall(r"PASS=(\d+) WARN=0 ERROR=0 SKIP=0", tested)
    if not passed:
        raise RefusedError(f"unit tests: {tested.strip().splitlines()[-1]}")
    deprecations = len(re.findall("deprecat", parsed, re.IGNORECASE))
    said = f"a morning, {passed[0]} unit tests, {deprecations or 'no'} deprecations"
    return ", ".join(told["versions"]), told["values"], said


def _call(command: list[Any], env: Mapping[str, str] = os.environ, *, expected: int = 0) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=PROJECT_DIR, env=env
    )
    if done.returncode != expected:
        lines = [line.strip() for line in f"{done.stdout}{done.stderr}".splitlines()]
        *_, last = [line for line in lines if "rror" in line] or lines or ["no word"]
        raise RefusedError(f"{Path(command[0]).name} {command[1]}: {last[:150]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
