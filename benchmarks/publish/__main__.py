"""`make bench-publish`: what is published to a Postgres server, against pandas' `to_sql`; orders.

Of rows, both copy the same table from the same file to the same server, in turns; prints the
seconds of each and their ratio, and ends with status 1 where a target is missed.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb
import sqlalchemy

from benchmarks.publish.orders import print_orders
from python_ml.engines.postgres import copy_published
from python_ml.variables import Address
from tests.postgres import running_postgres

TARGET = 10.0
# As many columns of each type as a table of predictions has.
TABLE = """
create schema bi;
create table bi.rows as
select
    'k' || range % 100 as kitchen_id,
    'k' || range % 100 || '-p1-m' || range % 7 as machine_id,
    'a' || range % 6 as arepa_type,
    date '2026-01-01' + (range % 300)::integer as as_of_date,
    timestamp '2026-01-01 07:00:00' + to_seconds(range) as scored_at,
    (range % 3 + 1)::integer as phase,
    range as row_number,
    sin(range) as failure_probability,
    range % 2 = 0 as is_listed,
    'days since the last stop 26.6, usually 13.5' as reasons
from range({})
"""


def main() -> int:
    """Run the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="rows,orders")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    parts = {"rows": lambda: print_rows(options.rows, options.repeats), "orders": print_orders}
    asked = options.parts.split(",")
    if unknown := set(asked) - parts.keys():
        parser.error(f"unknown parts {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    return 0 if all([parts[part]() for part in asked]) else 1


def print_rows(rows: int, repeats: int) -> bool:
    """Print how long each takes for a table; says whether the target is met."""
    with TemporaryDirectory(prefix="arepas-bench-publish-") as folder, running_postgres() as url:
        path = Path(folder) / "published.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(TABLE.format(rows))
        ours: list[float] = []
        theirs: list[float] = []
        for number in range(repeats):
            ours.append(_time(lambda: copy_published(path, Address(url))))
            theirs.append(_time(lambda: _copy_with_pandas(path, url)))
            print(f"{number + 1}: ours {ours[-1]:.1f} s, pandas to_sql {theirs[-1]:.1f} s")
    ratio = median(theirs) / median(ours)
    print(f"{rows} rows: pandas to_sql takes {ratio:.1f} times as long (target {TARGET})")
    return ratio >= TARGET


def _copy_with_pandas(path: Path, url: str) -> None:
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with duckdb.connect(str(path), read_only=True) as published, engine.begin() as server:
        rows = published.execute("select * from bi.rows").df()
        rows.to_sql("rows_of_pandas", server, if_exists="replace", index=False)
    engine.dispose()


def _time(copy: Callable[[], object]) -> float:
    started = time.perf_counter()
    copy()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
