"""What BI tools see: the published file through SQLAlchemy."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from python_ml.seen.published import TABLES
from python_ml.settings import PROJECT_DIR
from tests.published_fleet import PublishedFleet, write_published

pytestmark = pytest.mark.filterwarnings("ignore::Warning:duckdb_engine")
AS_OF = date(2026, 11, 20)


def test_superset_s_datasets_name_columns_that_their_tables_have():
    promised = {
        model["name"]: {column["name"] for column in model["columns"]}
        for path in (PROJECT_DIR / "models" / "marts" / "bi").glob("_*.yml")
        for model in yaml.safe_load(path.read_text()).get("models", ())
    }
    datasets = [
        yaml.safe_load(path.read_text())
        for path in (PROJECT_DIR / "dashboard" / "superset" / "bundle" / "datasets").rglob("*.yaml")
    ]
    physical = {
        dataset["table_name"]: {column["column_name"] for column in dataset["columns"]}
        for dataset in datasets
        if dataset["sql"] is None
    }
    assert physical.keys() >= {"rpt_outcomes_daily", "rpt_savings_monthly", "rpt_late_truth"}
    for table, columns in physical.items():
        assert columns <= promised[table], table
    assert len({dataset["uuid"] for dataset in datasets}) == len(datasets)


def test_sqlalchemy_reflects_every_table_with_typed_columns_and_cannot_write(tmp_path: Path):
    path = tmp_path / "bi.duckdb"
    write_published(path, PublishedFleet(AS_OF, 2, 3, days=3))
    engine = create_engine(f"duckdb:///{path}", connect_args={"read_only": True})
    inspector = inspect(engine)
    assert set(inspector.get_table_names(schema="bi.bi")) == set(TABLES)
    for table in TABLES:
        for column in inspector.get_columns(table, schema="bi.bi"):
            assert str(column["type"]) != "NULL", (table, column)
    with engine.connect() as connection:
        stops = connection.execute(
            text(
                "select count(distinct machine_id) from bi.bi.rpt_maintenance_plan_daily"
                " where as_of_date = '2026-11-20' and decision = 'stop'"
            )
        ).scalar_one()
        assert stops == 4
        with pytest.raises(DBAPIError, match="read-only"):
            connection.execute(text("delete from bi.bi.rpt_predictions"))
    engine.dispose()


def test_what_the_page_on_bi_tools_says_of_sqlalchemy_is_so(tmp_path: Path):
    path, newer = tmp_path / "bi.duckdb", tmp_path / "newer.duckdb"
    write_published(path, PublishedFleet(AS_OF, 1, 3, days=2))
    write_published(newer, PublishedFleet(AS_OF, 1, 4, days=2))
    address, options = f"duckdb:///{path}", {"connect_args": {"read_only": True}}
    pooled, unpooled = (
        create_engine(address, **options),
        create_engine(address, poolclass=NullPool, **options),
    )
    question = text("select count(distinct machine_id) from bi.bi.rpt_maintenance_plan_daily")

    def ask(engine: Engine) -> int:
        with engine.connect() as connection:
            return connection.execute(question).scalar_one()

    assert pd.read_sql("select * from bi.bi.rpt_predictions", pooled).shape[0] > 0
    with pytest.raises(DBAPIError, match="REGCLASS"):
        pd.read_sql_table("rpt_predictions", pooled, schema="bi.bi")
    newer.replace(path)
    # A connection in the pool keeps the old file, for the whole process.
    assert (ask(pooled), ask(unpooled)) == (3, 3)
    pooled.dispose()
    assert (ask(unpooled), ask(pooled)) == (4, 4)
    pooled.dispose()
