"""Schema `ml` is there before dbt reads it, in the columns that dbt knows, and nothing is lost."""

import pytest
import yaml

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.settings import PROJECT_DIR

SOURCES_YAML = PROJECT_DIR / "models/staging/ml/_ml__sources.yml"
OF_OTHERS = {"predictions", "prediction_curves", "prediction_log", "publications", "runs"}
COLUMNS = """
select table_name, list(column_name) from information_schema.columns
where table_schema = 'ml' group by table_name
"""
# As the first version made it.
OLDER_HISTORY = """
create schema ml;
create table ml.promotion_history (
    arepa_type varchar not null,
    as_of_date date not null,
    decided_at timestamp not null,
    verdict varchar not null,
    from_version varchar,
    to_version varchar,
    decided_by varchar not null,
    reason varchar not null
);
insert into ml.promotion_history
values ('a1', '2026-03-01', '2026-03-01 07:00', 'promote', null, '1', 'ana', 'the first')
"""


@pytest.fixture
def warehouse():
    with Warehouse(IN_MEMORY) as warehouse:
        yield warehouse


def test_the_tables_have_the_columns_that_dbt_reads(warehouse):
    create_ml_tables(warehouse)
    made = dict(warehouse.rows(COLUMNS))
    [source] = yaml.safe_load(SOURCES_YAML.read_text())["sources"]
    read = {
        table["name"]: {column["name"] for column in table["columns"]}
        for table in source["tables"]
        if table["name"] not in OF_OTHERS
    }
    assert len(read) >= 5
    for table, columns in read.items():
        assert columns == set(made[table]), table


def test_tables_that_are_there_keep_their_rows_and_get_the_columns_that_they_lack(warehouse):
    warehouse.execute(OLDER_HISTORY)
    create_ml_tables(warehouse)
    create_ml_tables(warehouse)
    kept = "select arepa_type, to_version, mode from ml.promotion_history"
    assert warehouse.rows(kept) == [("a1", "1", None)]
