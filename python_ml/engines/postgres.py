"""The one door to the Postgres server that BI tools read: what is published, copied by ADBC.

Source: the Arrow Database Connectivity driver for PostgreSQL, whose bulk ingestion is `COPY`.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

import adbc_driver_manager
from adbc_driver_postgresql import dbapi

from python_ml.engines.warehouse import Warehouse, published_tables
from python_ml.errors import ArepasError
from python_ml.variables import Address

logger = logging.getLogger(__name__)

# Types that both sides have, as the server spells them; any other goes over as text.
SERVER_TYPES = {
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
}
MARK = "published by arepas"
# Who holds a table longer, keeps the server's copy from the morning, not the morning from its end.
LOCK_TIMEOUT = "60s"
# Of two runs of different machines the second waits for the first and then replaces all: what the
# first has not yet committed it does not see, so both mornings' rows would stay.
WAIT_FOR_OTHER_RUNS = "select pg_advisory_xact_lock(hashtext($1), hashtext($2))"
# The right to make schemas is asked for by `if not exists`, too, where the schema is there.
HAS_SCHEMA = "select to_regnamespace($1) is not null"
COLUMNS_OF = """
select table_name, column_name, data_type from duckdb_columns()
where database_name = 'published' and schema_name = ? order by table_name, column_index
"""
SERVER_COLUMNS = """
select tables.relname, columns.attname, format_type(columns.atttypid, columns.atttypmod)
from pg_class as tables
inner join pg_attribute as columns on tables.oid = columns.attrelid
where tables.relnamespace = to_regnamespace($1)
    and columns.attnum > 0 and not columns.attisdropped
    and obj_description(tables.oid, 'pg_class') = $2
order by tables.relname, columns.attnum
"""
# What a morning would have to do and may not.
MISSING_RIGHTS = """
select concat('make schema ', $1)
where to_regnamespace($1) is null and not has_database_privilege(current_database(), 'create')
union all
select concat('make tables in schema ', $1)
where not has_schema_privilege(to_regnamespace($1), 'usage')
    or not has_schema_privilege(to_regnamespace($1), 'create')
union all
select concat('replace the rows of ', $1, '.', relname) from pg_class
where relnamespace = to_regnamespace($1) and obj_description(oid, 'pg_class') = $2
    and not (has_table_privilege(oid, 'insert') and has_table_privilege(oid, 'delete'))
union all
-- What has other columns is dropped, which none but its owner and its schema's may.
select distinct concat('make the tables of ', pg_get_userbyid(relowner), ' in schema ', $1, ' anew')
from pg_class inner join pg_namespace as schemas on relnamespace = schemas.oid
where relnamespace = to_regnamespace($1) and obj_description(pg_class.oid, 'pg_class') = $2
    and not (pg_has_role(relowner, 'usage') or pg_has_role(schemas.nspowner, 'usage'))
order by 1
"""

Columns = dict[str, list[tuple[str, str]]]


def copy_published(published_path: Path, address: Address, *, schema: str = "bi") -> int:
    """Replace a server's tables by those of the published file, in one transaction.

    Readers see yesterday's rows or today's, all tables of one morning. A table whose columns are
    the same keeps its place, with the grants and views that people gave it; one with other columns
    is made anew, and one that is published no more goes. Tables of other people stay untouched.

    Returns:
        The number of rows written.

    Raises:
        ArepasError: The server cannot be reached or refuses, or somebody holds a table too long; it
            has what it had before.
    """
    try:
        with (
            published_tables(published_path) as published,
            dbapi.connect(address.get_secret_value()) as server,
            server.cursor() as cursor,
        ):
            row_counts = _replace_tables(published, cursor, schema)
            server.commit()
            left = _clean_up(server, cursor, [f'{schema}."{table}"' for table in row_counts])
    except adbc_driver_manager.Error as error:
        raise ArepasError(
            f"PUBLISH_URL={address}: {_one_line(error)}; the server has what it had before,"
            " BI_PATH is published"
        ) from error
    if left:
        logger.warning(
            "PUBLISH_URL=%s: the server has the new rows, but did not clean up: %s",
            address,
            left[0],
        )
    return sum(row_counts.values())


def check_server(address: Address, *, schema: str = "bi") -> None:
    """Log in to the server, ask whether a morning may write there, and log out again.

    Raises:
        ArepasError: It cannot be reached, refuses, or would refuse a morning.
    """
    try:
        with dbapi.connect(address.get_secret_value()) as server, server.cursor() as cursor:
            cursor.execute(MISSING_RIGHTS, (schema, MARK))
            missing = [right for (right,) in cursor.fetchall()]
    except adbc_driver_manager.Error as error:
        raise ArepasError(f"PUBLISH_URL={address}: {_one_line(error)}") from error
    if missing:
        raise ArepasError(
            f"PUBLISH_URL={address}: its user may not {' and not '.join(missing[:3])}; grant it"
        )


def _one_line(error: adbc_driver_manager.Error) -> str:
    return " ".join(str(error).split())


def _replace_tables(published: Warehouse, cursor: dbapi.Cursor, schema: str) -> dict[str, int]:
    wanted = _by_table(published.rows(COLUMNS_OF, [schema]))
    types = {
        table: [(name, SERVER_TYPES.get(type_, "text")) for name, type_ in columns]
        for table, columns in wanted.items()
    }
    cursor.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
    cursor.execute(WAIT_FOR_OTHER_RUNS, (MARK, schema))
    cursor.execute(HAS_SCHEMA, (schema,))
    if cursor.fetchone() != (True,):
        cursor.execute(f"create schema {schema}")
    cursor.execute(SERVER_COLUMNS, (schema, MARK))
    there = _by_table(cursor.fetchall())
    for table in there.keys() - types.keys():
        cursor.execute(f'drop table {schema}."{table}"')
    row_counts = {}
    for table, columns in types.items():
        if there.get(table) != columns:
            _make_table(cursor, schema, table, columns, is_there=table in there)
        # Not `truncate`: that would make readers wait, this lets them read what was there before.
        cursor.execute(f'delete from {schema}."{table}"')
        names = ", ".join(
            f'"{name}"::varchar as "{name}"' if type_ == "text" else f'"{name}"'
            for name, type_ in columns
        )
        batches = published.batches(f'select {names} from {schema}."{table}"')
        row_counts[table] = cursor.adbc_ingest(table, batches, mode="append", db_schema_name=schema)
    return row_counts


def _clean_up(server: dbapi.Connection, cursor: dbapi.Cursor, tables: Sequence[str]) -> list[str]:
    """Give back what the rows of the day before took, which no transaction can do.

    Returns:
        Why the server did not, for each table of which it did not.
    """
    refused = []
    for table in tables:
        try:
            server.adbc_connection.set_autocommit(True)
            cursor.execute(f"vacuum (analyze, skip_locked) {table}")
        except adbc_driver_manager.Error as error:
            refused.append(_one_line(error))
    return refused


def _make_table(
    cursor: dbapi.Cursor, schema: str, table: str, columns: list[tuple[str, str]], *, is_there: bool
) -> None:
    if is_there:
        cursor.execute(f'drop table {schema}."{table}"')
    described = ", ".join(f'"{name}" {type_}' for name, type_ in columns)
    cursor.execute(f'create table {schema}."{table}" ({described})')
    cursor.execute(f"comment on table {schema}.\"{table}\" is '{MARK}'")


def _by_table(rows: list[tuple[str, str, str]]) -> Columns:
    tables: Columns = {}
    for table, name, type_ in rows:
        tables.setdefault(table, []).append((name, type_))
    return tables
