"""What a killed build left is told from what is other people's by the names of our own tables."""

import re
from pathlib import Path

from python_ml.settings import PROJECT_DIR
from python_ml.spark.build import BUILT_SCHEMAS, _built_names, spark_engine
from tests.conftest import Workspace

# Entered in the metastore before they are filled, so that nothing of them is ever left unknown.
FILLED_LATER = {"raw", "ml"}


def test_every_schema_that_dbt_builds_is_cleared_of_what_was_left_half_written():
    project = (PROJECT_DIR / "dbt_project.yml").read_text()
    schemas = set(re.findall(r"\+schema: (\w+)", project))
    assert schemas == set(BUILT_SCHEMAS)
    assert not schemas & FILLED_LATER


def test_tables_are_named_as_their_models_and_seeds_and_nothing_else_is_ours():
    names = _built_names()
    assert {"feat_machine_arepa_daily", "row_ledger", "arepa_types", "stg_kitchen__files"} <= names
    models = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")}
    seeds = {path.stem for path in (PROJECT_DIR / "seeds").glob("*.csv")}
    assert names == models | seeds
    assert not any("assert_" in name or name.startswith("_") for name in names)


def test_dbt_works_in_the_session_that_is_open_and_keeps_its_files_beside_it(tmp_path: Path):
    session = object()
    settings = Workspace(tmp_path).settings(SPARK_DIR=str(tmp_path / "spark"))
    engine = spark_engine(settings, session)
    assert (engine.target, engine.state_dir) == ("spark", tmp_path / "spark" / ".dbt")
    for _ in range(2):
        with engine.open() as tables:
            assert tables is session
