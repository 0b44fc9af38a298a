"""A reader in a process of its own: polls the published file until told to stop.

Started with KIND PATH STOP_FILE; prints what it saw, or ends with the error that it got.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

MORNINGS = """
select
    (select max(as_of_date) from bi.bi.rpt_maintenance_plan_daily) as planned,
    (select max(as_of_date) from bi.bi.rpt_predictions) as predicted,
    (select count(*) from bi.bi.rpt_maintenance_plan_daily) as plan_rows,
    (select count(*) from bi.bi.rpt_predictions) as prediction_rows,
    publication.as_of_date as published,
    publication.run_id
from bi.bi.publication as publication
"""


def poll_with_duckdb(path: str) -> tuple:
    import duckdb

    with duckdb.connect(path, read_only=True) as connection:
        return tuple(connection.execute(MORNINGS).fetchall()[0])


def poll_with_sqlalchemy(path: str) -> tuple:
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    engine = sqlalchemy.create_engine(
        f"duckdb:///{path}", connect_args={"read_only": True}, poolclass=NullPool
    )
    with engine.connect() as connection:
        seen = tuple(connection.execute(sqlalchemy.text(MORNINGS)).fetchall()[0])
    engine.dispose()
    return seen


KINDS: dict[str, Callable[[str], tuple]] = {
    "duckdb": poll_with_duckdb,
    "sqlalchemy": poll_with_sqlalchemy,
}


def main(kind: str, path: str, stop_file: str) -> None:
    seen, polls = set(), 0
    while True:
        is_last = Path(stop_file).exists()
        seen.add(tuple(str(value) for value in KINDS[kind](path)))
        polls += 1
        if is_last:
            break
        time.sleep(0.02)
    sys.stdout.write(json.dumps({"polls": polls, "seen": sorted(seen)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
