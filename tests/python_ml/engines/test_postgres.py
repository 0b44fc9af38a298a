"""What is published goes to a Postgres server whole, as a reader of that server sees it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import duckdb
import psycopg
import pytest

from python_ml.engines.postgres import check_server, copy_published
from python_ml.errors import ArepasError
from python_ml.variables import Address
from tests.postgres import PASSWORD, is_installed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_installed(), reason="not run: no Postgres; `apt-get install postgresql` brings it"
    ),
]

PLAN = """
create table bi.plan (
    machine_id varchar, as_of_date date, rank bigint, phase integer, probability double,
    is_late boolean, published_at timestamp, reasons varchar[]
)
"""
ROWS = [
    ("m1", date(2026, 3, 14), 2**40, 1, 0.1, True, datetime(2026, 3, 14, 7, 0, 0, 123456), ["a"]),
    ("m\t2;\\N\"'á\n", None, None, None, float("inf"), None, None, None),
    ("", date(1, 1, 1), -1, -1, 1e-300, False, datetime(9999, 12, 31), []),
]
SEEN = [(*row[:-1], reasons) for row, reasons in zip(ROWS, ("[a]", None, "[]"), strict=True)]


def publish(path: Path, *statements: str, rows: list[tuple] = ROWS) -> Path:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema bi")
        for statement in statements or (PLAN,):
            connection.execute(statement)
        if rows:
            connection.executemany(f"insert into bi.plan values ({', '.join('?' * 8)})", rows)
    return path


@pytest.fixture
def server(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("drop schema if exists bi cascade")
        connection.execute("drop role if exists planner")
        yield connection


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return publish(tmp_path / "published.duckdb")


def read(server: psycopg.Connection, sql: str = "select * from bi.plan") -> list[tuple]:
    return sorted(server.execute(sql).fetchall(), key=str)


def test_the_server_has_the_rows_of_the_file_with_their_types(
    server: psycopg.Connection, postgres: str, published: Path
):
    assert copy_published(published, Address(postgres)) == len(ROWS)
    assert read(server) == sorted(SEEN, key=str)


def test_the_next_morning_takes_the_place_and_keeps_views_and_grants(
    server: psycopg.Connection, postgres: str, published: Path
):
    copy_published(published, Address(postgres))
    server.execute("create role planner")
    server.execute("grant select on bi.plan to planner")
    server.execute("create view bi.late as select machine_id from bi.plan where is_late")
    copy_published(publish(published, rows=ROWS[1:]), Address(postgres))
    assert read(server) == sorted(SEEN[1:], key=str)
    assert read(server, "select * from bi.late") == []
    assert read(server, "select has_table_privilege('planner', 'bi.plan', 'select')") == [(True,)]


def test_mornings_after_mornings_do_not_let_the_server_grow(
    server: psycopg.Connection, postgres: str, tmp_path: Path
):
    numbers = "create table bi.numbers as select range as number from range(10000)"
    published = publish(tmp_path / "published.duckdb", numbers, rows=[])
    sizes = []
    for _ in range(4):
        copy_published(published, Address(postgres))
        sizes += server.execute("select pg_relation_size('bi.numbers')").fetchone() or ()
    assert sizes[3] == sizes[1]


def test_tables_come_change_and_go_and_those_of_others_stay(
    server: psycopg.Connection, postgres: str, published: Path
):
    copy_published(published, Address(postgres))
    server.execute("create table bi.mine as select 1 as kept")
    changed = publish(
        published, "create table bi.other as select 1 as one, 2.5::double as x", rows=[]
    )
    copy_published(changed, Address(postgres))
    tables = "select tablename from pg_tables where schemaname = 'bi'"
    assert read(server, tables) == [("mine",), ("other",)]
    copy_published(
        publish(published, "create table bi.other as select 'a' as one", rows=[]), Address(postgres)
    )
    assert read(server, "select one from bi.other") == [("a",)]


def test_who_reads_meanwhile_is_not_kept_waiting_and_sees_one_morning(
    server: psycopg.Connection, postgres: str, published: Path
):
    copy_published(published, Address(postgres))
    with psycopg.connect(postgres) as reader:
        reader.execute("set transaction isolation level repeatable read")
        assert len(read(reader)) == len(ROWS)
        copy_published(publish(published, rows=ROWS[:1]), Address(postgres))
        assert len(read(reader)) == len(ROWS)
    assert len(read(server)) == 1


def test_who_holds_a_table_does_not_hold_the_morning(
    server: psycopg.Connection, postgres: str, published: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("python_ml.engines.postgres.LOCK_TIMEOUT", "100ms")
    copy_published(published, Address(postgres))
    publish(published, rows=ROWS[:1])
    with psycopg.connect(postgres) as holder:
        holder.execute("lock table bi.plan in access exclusive mode")
        with pytest.raises(ArepasError, match=r"lock timeout.*the server has what it had before"):
            copy_published(published, Address(postgres))
    assert len(read(server)) == len(ROWS)
    with psycopg.connect(postgres) as holder:
        holder.execute("lock table bi.plan in share update exclusive mode")
        copy_published(published, Address(postgres))
    assert len(read(server)) == 1


def test_of_two_runs_at_once_the_later_replaces_what_the_earlier_wrote(
    server: psycopg.Connection, postgres: str, published: Path
):
    copy_published(published, Address(postgres))
    with ThreadPoolExecutor(1) as elsewhere, psycopg.connect(postgres) as earlier:
        earlier.execute(
            "select pg_advisory_xact_lock(hashtext(%s), hashtext('bi'))", ("published by arepas",)
        )
        earlier.execute("delete from bi.plan")
        earlier.execute("insert into bi.plan (machine_id) values ('of the earlier run')")
        later = elsewhere.submit(copy_published, published, Address(postgres))
        while not read(server, "select 1 from pg_locks where not granted"):
            assert not later.done()
        earlier.commit()
        assert later.result() == len(ROWS)
    assert read(server) == sorted(SEEN, key=str)


def test_a_schema_that_somebody_made_for_us_is_enough(
    server: psycopg.Connection, postgres: str, published: Path
):
    server.execute("drop schema if exists bi cascade")
    server.execute("create role planner login password 'hush'")
    server.execute("create schema bi authorization planner")
    address = Address(postgres.replace("arepas:hush%2Fhush%40home", "planner:hush"))
    assert copy_published(published, address) == len(ROWS)
    server.execute("drop schema bi cascade")
    with pytest.raises(ArepasError, match="permission denied for database"):
        copy_published(published, address)


def test_who_may_not_publish_is_told_so_before_the_morning(
    server: psycopg.Connection, postgres: str, published: Path
):
    server.execute("create role planner login password 'hush'")
    address = Address(postgres.replace("arepas:hush%2Fhush%40home", "planner:hush"))
    check_server(Address(postgres))
    with pytest.raises(ArepasError, match="its user may not make schema bi; grant it"):
        check_server(address)
    copy_published(published, Address(postgres))
    anew = "make the tables of arepas in schema bi anew"
    told = f"may not make tables in schema bi and not {anew} and not replace the rows of bi.plan;"
    with pytest.raises(ArepasError, match=f"{told} grant it"):
        check_server(address)
    server.execute("grant usage, create on schema bi to planner")
    server.execute("grant insert, delete on bi.plan to planner")
    copy_published(published, address)
    with pytest.raises(ArepasError, match=f"its user may not {anew}; grant it"):
        check_server(address)
    with pytest.raises(ArepasError, match="must be owner of table plan"):
        copy_published(publish(published, PLAN.replace("double", "real")), address)
    server.execute("create role kitchens role planner")
    server.execute("alter table bi.plan owner to kitchens")
    check_server(address)
    copy_published(published, address)
    server.execute("drop owned by planner, kitchens cascade")
    server.execute("drop role kitchens")


def test_what_fails_in_the_middle_leaves_the_day_before_and_is_said_without_the_password(
    server: psycopg.Connection, postgres: str, published: Path
):
    copy_published(published, Address(postgres))
    bad = [*ROWS[:1], ("nul \0", *ROWS[0][1:])]
    with pytest.raises(ArepasError, match=r"PUBLISH_URL=postgresql://\*\*\*@127") as failed:
        copy_published(publish(published, rows=bad), Address(postgres))
    assert PASSWORD not in str(failed.value)
    assert "\n" not in str(failed.value)
    assert read(server) == sorted(SEEN, key=str)


def test_what_fails_after_the_new_rows_are_there_is_not_told_as_if_they_were_not(
    server: psycopg.Connection,
    postgres: str,
    published: Path,
    caplog: pytest.LogCaptureFixture,
):
    copy_published(published, Address(postgres))
    # Somebody's statistics, computed at `analyze` alone: of a name without a letter they fail.
    server.execute("create statistics bi.odd on (1 / length(machine_id)) from bi.plan")
    new = [*ROWS, *ROWS]
    assert copy_published(publish(published, rows=new), Address(postgres)) == len(new)
    assert len(read(server)) == len(new)
    [said] = caplog.messages
    assert "the server has the new rows, but did not clean up" in said
    assert "division by zero" in said
    assert PASSWORD not in said


def test_a_server_that_is_not_there_is_said_so(published: Path):
    address = Address("postgresql://arepas:hush@127.0.0.1:9/postgres")
    with pytest.raises(ArepasError, match=r"PUBLISH_URL=postgresql://\*\*\*@127.0.0.1:9/postgres"):
        copy_published(published, address)
