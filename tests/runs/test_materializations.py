"""What builds tables and views on DuckDB, tried in a project of two models."""

import shutil
from pathlib import Path
from typing import cast

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from python_ml.settings import PROJECT_DIR

PROJECT = {
    "name": "tiny",
    "profile": "tiny",
    "test-paths": ["data_tests"],
    "flags": {"send_anonymous_usage_stats": False, "version_check": False},
    "models": {"tiny": {"+post-hook": "{{ prove_grain() }}"}},
}
GRAIN = {"unique_combination_of_columns": {"arguments": {"combination_of_columns": ["machine_id"]}}}
BUILD = ("build", "--exclude", "test_name:unique_combination_of_columns")


class TinyProject:
    """A dbt project with this one's macros."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PROJECT_DIR / "macros", folder / "macros")
        shutil.copytree(PROJECT_DIR / "tests/dbt/generic", folder / "data_tests/generic")
        target = {"type": "duckdb", "path": str(folder / "warehouse.duckdb"), "schema": "main"}
        profile = {"tiny": {"target": "duckdb", "outputs": {"duckdb": target}}}
        self.write("profiles.yml", yaml.safe_dump(profile))
        self.write("dbt_project.yml", yaml.safe_dump(PROJECT))
        models = [{"name": "machines", "data_tests": [GRAIN]}, {"name": "kitchens"}]
        self.write("models/models.yml", yaml.safe_dump({"models": models}))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text)

    def build(self, machines: str, *, kitchens: str = "table") -> dict[str, tuple[str, str]]:
        self.write("models/machines.sql", f"{{{{ config(materialized='table') }}}} {machines}")
        self.write(
            "models/kitchens.sql",
            f"{{{{ config(materialized='{kitchens}') }}}} select * from {{{{ ref('machines') }}}}",
        )
        places = ("--project-dir", str(self.folder), "--profiles-dir", str(self.folder))
        try:
            done = dbtRunner().invoke(["--log-level", "none", *BUILD, *places])
        finally:
            DuckDBConnectionManager.close_all_connections()
        outcomes = cast("RunExecutionResult", done.result).results
        return {outcome.node.name: (outcome.status, outcome.message) for outcome in outcomes}

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.folder / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    return TinyProject(tmp_path_factory.mktemp("tiny"))


def test_rows_that_break_the_grain_are_named_and_never_take_the_place_of_the_former(
    tiny: TinyProject,
):
    assert tiny.build("select 'm1' as machine_id")["machines"][0] == "success"
    for broken in ("select 'm2' as machine_id from range(2)", "select null::text as machine_id"):
        built = tiny.build(broken)
        assert built["machines"][0] == "error"
        assert "not one row per key: {'machine_id': " in built["machines"][1]
        assert built["kitchens"][0] == "skipped"
        assert tiny.rows("select * from machines") == [("m1",)]
        assert tiny.rows("select * from kitchens") == [("m1",)]


def test_a_model_may_become_a_view_and_a_table_again(tiny: TinyProject):
    for kind in ("view", "table", "view"):
        built = tiny.build("select 'm3' as machine_id", kitchens=kind)
        assert built["kitchens"][0] == "success"
        assert tiny.rows("select * from kitchens") == [("m3",)]
        found = tiny.rows("select table_type from information_schema.tables order by table_name")
        assert found == [("VIEW" if kind == "view" else "BASE TABLE",), ("BASE TABLE",)]
    assert tiny.rows("select count(*) from information_schema.tables") == [(2,)]


# Rows that tell of which part they are.
IN_PARTS = """{{ config(
    materialized='incremental',
    incremental_strategy='replace_affected',
    unique_key='machine_id',
    meta={'affected_by': 'machines', 'parts': {'of': 'machines', 'most': 150}}
) }}
select machine_id, '%s' as made, getvariable('first_hash') as part, count(*) over () as rows_of_part
from {{ ref('machines') }}
where {{ in_part('machine_id') }}
"""


def test_a_table_in_parts_has_each_row_once_made_anew_or_added_to(tiny: TinyProject):
    found = """
        select made, count(*), count(distinct machine_id), count(distinct part)
        from parts group by made order by made
    """
    for made, machines, expected in (
        ("first", "range(400)", [("first", 400, 400, 3)]),
        ("fewer", "range(350, 400)", [("fewer", 50, 50, 0), ("first", 350, 350, 3)]),
        ("later", "range(200, 400)", [("first", 200, 200, 3), ("later", 200, 200, 2)]),
    ):
        tiny.write("models/parts.sql", IN_PARTS % made)
        built = tiny.build(f"select range as machine_id from {machines}")
        assert built["parts"][0] == "success"
        assert tiny.rows(found) == expected
    assert tiny.rows("select max(rows_of_part) < 150 from parts") == [(True,)]
