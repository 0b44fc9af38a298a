"""What the documents print to be typed runs as it is printed."""

import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from python_ml.settings import PROJECT_DIR
from tests.published_fleet import PublishedFleet, write_published

BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = ".venv/bin/python"
DOCUMENTS = [PROJECT_DIR / "README.md", *sorted((PROJECT_DIR / "docs").glob("*.md"))]
BLOCKS = [
    block
    for document in DOCUMENTS
    for block in BLOCK.findall(document.read_text(encoding="utf-8"))
    if block.startswith(f"{PYTHON} -c") and "data/bi.duckdb" in block
]


@pytest.mark.parametrize("block", BLOCKS)
def test_what_reads_the_published_file_runs(block: str, tmp_path: Path):
    (tmp_path / "data").mkdir()
    write_published(tmp_path / "data" / "bi.duckdb", PublishedFleet(date(2026, 11, 20), 2, 3, 3))
    command = block.replace(PYTHON, shlex.quote(sys.executable), 1)
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "stop" in ran.stdout


def test_the_readme_s_stops_are_those_of_the_newest_morning_alone(tmp_path: Path):
    bi = tmp_path / "bi.duckdb"
    write_published(bi, PublishedFleet(date(2026, 11, 20), 2, 3, 3))
    [query] = re.findall(
        r"\.sql\('''(.*?)'''\)", (PROJECT_DIR / "README.md").read_text(), re.DOTALL
    )
    with duckdb.connect(str(bi)) as connection:
        plan = "bi.bi.rpt_maintenance_plan_daily where decision = 'stop'"
        days = connection.execute(f"select as_of_date, count(*) from {plan} group by 1").fetchall()
        assert len(days) > 1
        assert len(connection.execute(query).fetchall()) == dict(days)[max(days)[0]]


def test_there_is_one_to_type():
    assert BLOCKS
