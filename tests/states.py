"""Read what anyone sees of a morning, to compare it with another run of the same morning."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from tests.conftest import Workspace

# What may differ between two runs of the same morning: who ran it and when.
VARYING_COLUMNS = {"run_id", "scored_at", "loaded_at", "published_at", "decided_at"}
LOGS_OF_RUNS = {"runs", "publications", "rpt_runs", "promotion_history", "rpt_promotion_history"}
SCHEMAS = ("core", "features", "quarantine", "bi", "ml")

State = dict[str, list[tuple]]


def read_state(workspace: Workspace) -> State:
    """Count and hash of all tables and the published file, but for names and times of runs.

    The champions too.
    """
    return {
        **read_database(workspace.warehouse, SCHEMAS),
        **{f"published {table}": rows for table, rows in read_published(workspace).items()},
        "champions": _read_aliases(workspace),
    }


def read_published(workspace: Workspace) -> State:
    return read_database(workspace.bi, ("bi",))


def read_database(path: Path, schemas: tuple[str, ...]) -> State:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where list_contains(?, table_schema) order by all",
            [list(schemas)],
        ).fetchall()
        # The published file's own name may be that of its schema.
        (database,) = connection.execute("select current_database()").fetchone() or ("",)
        state = {}
        for schema, table in tables:
            if table in LOGS_OF_RUNS:
                continue
            place = f'"{database}".{schema}.{table}'
            names = [row[0] for row in connection.execute(f"describe {place}").fetchall()]
            kept = ", ".join(f'"{name}"' for name in names if name not in VARYING_COLUMNS)
            # Fifty states of a few hundred thousand rows: as sums that DuckDB computes.
            summed = f"select count(*), sum(hash(rows)) from (select {kept} from {place}) as rows"
            state[f"{schema}.{table}"] = connection.execute(summed).fetchall()
    return state


def _read_aliases(workspace: Workspace) -> list[tuple]:
    with closing(sqlite3.connect(workspace.folder / "mlflow.db")) as connection:
        return connection.execute(
            "select name, alias, version from registered_model_aliases order by 1, 2"
        ).fetchall()


def assert_same_state(state: State, expected: State) -> None:
    assert state.keys() == expected.keys()
    differing = [table for table in expected if state[table] != expected[table]]
    assert not differing, differing
