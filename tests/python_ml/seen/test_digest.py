"""The morning's mail, caught by a real SMTP server on loopback."""

import email
import email.policy
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import duckdb
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from pydantic import SecretStr

from python_ml.cli import main
from python_ml.errors import PartlyDoneError
from python_ml.raw.answer_links import read_answer_link
from python_ml.seen.digest import send_alerts, send_digests
from python_ml.seen.notify import sent_path
from python_ml.settings import Settings, load_settings
from tests.conftest import environment
from tests.published_fleet import HOSTILE_KITCHEN, HOSTILE_MACHINE, PublishedFleet, write_published

AS_OF = date(2026, 11, 20)


class Mailbox(Message):
    """Keeps every mail that a client hands over."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.refused = "nobody"

    async def handle_DATA(self, server, session, envelope):
        if self.refused in envelope.rcpt_tos:
            return "554 5.7.1 looks like spam to us"
        return await super().handle_DATA(server, session, envelope)

    def prepare_message(self, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mail["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
        return mail

    def handle_message(self, message) -> None:
        self.mails.append(message)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@pytest.fixture
def variables(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> dict[str, str]:
    """The environment of a morning whose mail goes to the mailbox."""
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 2, 5, days=8, is_hostile=True))
    recipients = tmp_path / "recipients.csv"
    recipients.write_text(
        "kitchen_id,recipient,language\nall,planner@example.org,en\nk01,cocina@example.org,es\n"
    )
    url = f"mailto://127.0.0.1:{mailbox[1]}?mode=insecure&from=arepas@example.org&to={{address}}"
    return {
        "RAW_DATA_DIR": str(tmp_path / "raw"),
        "WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb"),
        "BI_PATH": str(tmp_path / "bi.duckdb"),
        "REPORTS_DIR": str(tmp_path / "reports"),
        "PUBLIC_DIR": str(tmp_path / "public"),
        "RECIPIENTS_FILE": str(recipients),
        "NOTIFY_URLS": f"mail={url}",
        "SITE_URL": "https://arepas.example.org/",
    }


@pytest.fixture
def settings(variables: dict[str, str]) -> Settings:
    return load_settings(variables)


@pytest.fixture
def mails(mailbox: tuple[Mailbox, int]) -> list[EmailMessage]:
    return mailbox[0].mails


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content(), html.get_content()


def test_each_recipient_gets_the_plan_in_both_parts(settings: Settings, mails: list[EmailMessage]):
    with duckdb.connect(str(settings.bi_path)) as connection:
        connection.execute(
            "update bi.bi.rpt_maintenance_plan_daily set decided_by = 'calendar',"
            " calendar_clock = 'batch_count_since_last_stop', calendar_clock_value = 1410,"
            " calendar_interval = 1400 where machine_id = 'k01-p1-m1'"
        )
    assert send_digests(settings, as_of=AS_OF) == 2
    by_address = {mail["X-RcptTo"]: mail for mail in mails}
    planner, kitchen = by_address["planner@example.org"], by_address["cocina@example.org"]
    assert planner["Subject"] == "All kitchens · 20 Nov 2026: Stop 4 machines today"
    assert kitchen["Subject"] == "Cocina k01 · 20 nov 2026: Pare 2 máquinas hoy"
    for part in parts_of(planner):
        assert "k01-p1-m1" in part
        assert "k02-p1-m2" in part
        assert "no usable readings in the last 7 days" in part
    for part in parts_of(kitchen):
        assert "k01-p1-m1" in part
        assert "k02" not in part
        assert "Pararla ahorra en promedio" in part
        assert "una parada cada 1.400 lotes, y van 1.410" in part
        assert "En 1 máquina decide el calendario" in part
    assert 'href="https://arepas.example.org/es/index.html#kitchen=k01"' in parts_of(kitchen)[1]
    assert "/answer/" not in parts_of(kitchen)[1]


def test_each_stop_in_the_mail_links_to_its_own_answer(
    variables: dict[str, str], mails: list[EmailMessage]
):
    links = {"ANSWERS_URL": "https://arepas.example.org", "ANSWERS_KEY": "k" * 32}
    settings = load_settings(variables | links)
    send_digests(settings, as_of=AS_OF)
    html = next(parts_of(m)[1] for m in mails if m["X-RcptTo"] == "cocina@example.org")
    tokens = re.findall(r"https://arepas.example.org/answer/([^?]+)\?language=es", html)
    stops = [read_answer_link(settings, token) for token in tokens]
    assert {stop.machine_id for stop in stops} == {"k01-p1-m1", "k01-p1-m2"}
    assert {stop.planned_on for stop in stops} == {AS_OF}


def test_a_repeated_run_sends_nothing_more(settings: Settings, mails: list[EmailMessage]):
    assert [send_digests(settings, as_of=AS_OF) for _ in range(3)] == [2, 0, 0]
    assert len(mails) == 2


def test_a_failed_morning_says_so_and_its_repair_is_a_correction(
    settings: Settings, mails: list[EmailMessage]
):
    today = AS_OF + timedelta(days=1)
    failure = "machines.csv: column phase is missing"
    assert send_digests(settings, as_of=today, failure=failure) == 2
    assert send_digests(settings, as_of=today, failure=failure) == 0
    planner = next(mail for mail in mails if mail["X-RcptTo"] == "planner@example.org")
    assert "today's run failed, last plan is of 20 Nov 2026" in planner["Subject"]
    for part in parts_of(planner):
        assert failure in part
        assert "Friday, 20 November 2026" in part
        assert "k01-p1-m1" in part
    write_published(settings.bi_path, PublishedFleet(today, 2, 5, days=8))
    assert send_digests(settings, as_of=today) == 2
    assert send_digests(settings, as_of=today) == 0
    assert [mail["Subject"].startswith(("Correction", "Corrección")) for mail in mails] == [
        False, False, True, True,
    ]  # fmt: skip
    # That the run fails when it is repeated takes no plan back.
    assert send_digests(settings, as_of=today, failure="no space left") == 0


def test_a_kitchen_that_is_seen_after_all_gets_a_correction(
    settings: Settings, mails: list[EmailMessage]
):
    for decision, probability in (("blind", None), ("run", 0.01)):
        with duckdb.connect(str(settings.bi_path)) as connection:
            connection.execute(
                "update bi.bi.rpt_maintenance_plan_daily set decision = ?, failure_probability = ?,"
                " blocked_by = null where kitchen_id = 'k01'",
                [decision, probability],
            )
        send_digests(settings, as_of=AS_OF)
    subjects = [mail["Subject"] for mail in mails if mail["X-RcptTo"] == "cocina@example.org"]
    assert subjects == [
        "Cocina k01 · 20 nov 2026: Hoy no se puede juzgar ninguna máquina",
        "Corrección: Cocina k01 · 20 nov 2026: Hoy no hay que parar ninguna máquina",
    ]


def test_without_anything_published_the_digest_says_there_is_no_plan(
    settings: Settings, mails: list[EmailMessage]
):
    settings.bi_path.unlink()
    assert send_digests(settings, as_of=AS_OF, failure="no raw files") == 2
    assert mails[0]["Subject"] == "All kitchens · 20 Nov 2026: there is no plan"


def test_a_run_without_raw_files_still_makes_the_site_and_sends_the_digest(
    variables: dict[str, str], mails: list[EmailMessage]
):
    today = AS_OF + timedelta(days=1)
    Path(variables["RAW_DATA_DIR"]).mkdir()
    (Path(variables["RAW_DATA_DIR"]) / "machines.csv").write_text("machine_id;kitchen_id\n")
    with environment(variables):
        assert main(["daily", "--as-of", today.isoformat()]) == 2
    assert len(mails) == 2
    assert "no batch_registry" in parts_of(mails[0])[0]
    page = (Path(variables["PUBLIC_DIR"]) / "index.html").read_text()
    assert "no batch_registry" in page
    assert "The run of 21 Nov 2026 failed." in page
    assert "Friday, 20 November 2026" in page


def test_without_urls_the_digest_is_only_written(settings: Settings, mails: list[EmailMessage]):
    assert send_digests(settings.replace(notify_urls=()), as_of=AS_OF) == 0
    assert mails == []
    folder = settings.reports_dir / AS_OF.isoformat()
    kept = email.message_from_bytes(
        (folder / "digest_all_en.eml").read_bytes(), policy=email.policy.default
    )
    assert isinstance(kept, EmailMessage)
    assert "k01-p1-m1" in parts_of(kept)[0]
    assert (folder / "digest_k01_es.html").read_text().count("k01-p1-m1") >= 1


def test_one_recipient_out_of_reach_does_not_keep_the_plan_from_the_others(
    settings: Settings, mails: list[EmailMessage]
):
    with settings.recipients_file.open("a") as file:
        file.write("k02,teams,it\n")
    reachable = dict(settings.notify_urls)["mail"]
    urls = (("teams", SecretStr("json://127.0.0.1:9/")), ("mail", reachable))
    with pytest.raises(PartlyDoneError, match="recipient teams"):
        send_digests(settings.replace(notify_urls=urls), as_of=AS_OF)
    assert len(mails) == 2
    with pytest.raises(PartlyDoneError, match="NOTIFY_URLS has no entry 'teams'"):
        send_digests(settings, as_of=AS_OF)
    assert len(mails) == 2


def test_what_a_mail_server_answered_is_told_and_the_next_run_sends_again(
    settings: Settings, mailbox: tuple[Mailbox, int]
):
    mailbox[0].refused = "cocina@example.org"
    with pytest.raises(PartlyDoneError, match=r"cocina@example.org: .*554.* looks like spam to us"):
        send_digests(settings, as_of=AS_OF)
    mailbox[0].refused = "nobody"
    assert send_digests(settings, as_of=AS_OF) == 1
    assert [mail["X-RcptTo"] for mail in mailbox[0].mails] == [
        "planner@example.org",
        "cocina@example.org",
    ]


def test_each_mail_reaches_the_address_that_is_written_or_is_told_as_none(
    settings: Settings, mails: list[EmailMessage]
):
    settings.recipients_file.write_text(
        "kitchen_id,recipient,language\n"
        + "".join(
            f"all,{address},it\n"
            for address in (
                "d'angelo@example.org",
                "Ana García <ana@example.org>",
                "ana@cocina-ñandú.example",
                "josé@example.org",
                "a@example.org;b@example.org",
                "ana@",
            )
        )
    )
    with pytest.raises(PartlyDoneError) as failed:
        send_digests(settings, as_of=AS_OF)
    assert [mail["X-RcptTo"] for mail in mails] == [
        "d'angelo@example.org",
        "ana@example.org",
        "ana@xn--cocina-and-z9a5i.example",
    ]
    told = str(failed.value)
    assert "recipient josé@example.org: has letters before the @ that mail servers" in told
    assert "recipient a@example.org;b@example.org: is not one mail address; write one" in told
    assert "recipient ana@: is not one mail address" in told


def test_without_urls_a_recipient_that_is_no_address_keeps_no_digest_from_being_written(
    settings: Settings,
):
    settings.recipients_file.write_text(
        "kitchen_id,recipient,language\nall,ana@,en\nk01,<,es\nk02,planner@example.org,it\n"
    )
    assert send_digests(settings.replace(notify_urls=()), as_of=AS_OF) == 0
    kept = (settings.reports_dir / AS_OF.isoformat()).glob("*.eml")
    assert sorted(path.name for path in kept) == [
        "digest_all_en.eml",
        "digest_k01_es.eml",
        "digest_k02_it.eml",
    ]


def test_mail_without_a_place_for_the_address_is_sent_to_nobody_else(
    settings: Settings, mails: list[EmailMessage]
):
    url = dict(settings.notify_urls)["mail"].get_secret_value()
    fixed = url.replace("{address}", "planner@example.org")
    settings = settings.replace(notify_urls=(("mail", SecretStr(fixed)),))
    said = r"mail of cocina@example.org to planner@example.org; end its URL with to=\{address\}"
    with pytest.raises(PartlyDoneError, match=said):
        send_digests(settings, as_of=AS_OF)
    assert [mail["X-RcptTo"] for mail in mails] == ["planner@example.org"]


NO_ROOM = """
create table sent (
    kind, as_of_date, subject_id, recipient, state, sent_at,
    primary key (kind, as_of_date, subject_id, recipient)
);
create trigger no_room before insert on sent begin select raise(abort, 'disk is full'); end;
"""


def test_where_nothing_can_be_noted_everybody_is_told_all_the_same(
    settings: Settings, mails: list[EmailMessage]
):
    settings.state_dir.mkdir()
    with closing(sqlite3.connect(sent_path(settings))) as connection:
        connection.executescript(NO_ROOM)
    with pytest.raises(PartlyDoneError, match=r"sent.sqlite3: cannot be .* \(disk is full\)"):
        send_digests(settings, as_of=AS_OF)
    assert len(mails) == 2


def test_where_digests_cannot_be_kept_they_are_sent_all_the_same_and_once(
    settings: Settings, mails: list[EmailMessage]
):
    settings.reports_dir.mkdir(parents=True)
    (settings.reports_dir / AS_OF.isoformat()).write_text("no folder")
    with pytest.raises(PartlyDoneError, match="File exists"):
        send_digests(settings, as_of=AS_OF)
    assert len(mails) == 2
    assert send_digests(settings, as_of=AS_OF) == 0
    assert len(mails) == 2


def test_a_damaged_note_of_what_was_sent_is_named_with_what_to_do(settings: Settings):
    settings.state_dir.mkdir()
    sent_path(settings).write_bytes(b"no database" * 100)
    with pytest.raises(PartlyDoneError, match=r"sent.sqlite3: .* move it away and run again"):
        send_digests(settings, as_of=AS_OF)


def test_a_recipient_of_a_kitchen_that_there_is_not_is_told_to_whoever_runs_it(
    settings: Settings, mails: list[EmailMessage]
):
    with settings.recipients_file.open("a") as file:
        file.write("K01,mistyped@example.org,es\n")
    with pytest.raises(PartlyDoneError) as told:
        send_digests(settings, as_of=AS_OF)
    assert "mistyped@example.org: kitchen_id=K01: no such kitchen; there are k" in str(told.value)
    assert len(mails) == 3


def test_a_kitchen_that_is_closed_for_long_is_sent_nothing_and_is_no_problem(
    settings: Settings, mails: list[EmailMessage]
):
    later = AS_OF + timedelta(days=100)
    with duckdb.connect(str(settings.bi_path)) as connection:
        for table in ("rpt_maintenance_plan_daily", "rpt_kitchen_freshness_daily"):
            connection.execute(
                f"update bi.bi.{table} set as_of_date = as_of_date + interval 100 days"
                " where kitchen_id <> 'k01'"
            )
    assert send_digests(settings, as_of=later) == 1
    assert [mail["X-RcptTo"] for mail in mails] == ["planner@example.org"]


def test_hostile_names_stay_inside_their_place(settings: Settings, mails: list[EmailMessage]):
    kitchen = HOSTILE_KITCHEN.replace('"', '""')
    settings.recipients_file.write_text(
        f'kitchen_id,recipient,language\n"{kitchen}",a@example.org,en\nall,b@example.org,it\n'
    )
    low = settings.replace(alert_probability=0.0)
    assert send_digests(low, as_of=AS_OF) == 2
    assert send_alerts(low, as_of=AS_OF) == 2
    assert len(mails) == 4
    for mail in mails:
        assert mail["Bcc"] is None
        assert mail["X-RcptTo"] in {"a@example.org", "b@example.org"}
        assert "\n" not in mail["Subject"]
        html = parts_of(mail)[1]
        assert "<script" not in html
        assert "<img" not in html
    assert any(HOSTILE_MACHINE.split("\r")[0] in mail["Subject"] for mail in mails[2:])


def test_an_alert_comes_once_per_machine_and_day(settings: Settings, mails: list[EmailMessage]):
    certain = settings.replace(alert_probability=0.99)
    assert send_alerts(certain, as_of=AS_OF) == 0
    limited = settings.replace(alert_probability=0.35)
    assert [send_alerts(limited, as_of=AS_OF) for _ in range(2)] == [2, 0]
    planner = next(mail for mail in mails if mail["X-RcptTo"] == "planner@example.org")
    assert planner["Subject"].startswith("Alert: machine ")
    assert "above the limit of 35%" in parts_of(planner)[0]
    # An old plan alarms nobody again.
    assert send_alerts(limited, as_of=AS_OF + timedelta(days=1)) == 0


def close_alarms(settings: Settings, closed_on: date) -> None:
    """Write that all alarms of the published file ended, and that the machines are calm."""
    with duckdb.connect(str(settings.bi_path)) as connection:
        connection.execute(
            "update bi.bi.rpt_alarm_episodes set closed_on = ?, ended_by = 'calmed_down'",
            [closed_on],
        )
        connection.execute("update bi.bi.rpt_maintenance_plan_daily set failure_probability = 0.01")


def test_who_was_alerted_is_told_once_that_it_is_over(
    settings: Settings, mails: list[EmailMessage]
):
    limited = settings.replace(alert_probability=0.35)
    close_alarms(settings, AS_OF)
    assert send_alerts(limited, as_of=AS_OF) == 0
    write_published(settings.bi_path, PublishedFleet(AS_OF, 2, 5, days=8))
    assert send_alerts(limited, as_of=AS_OF) == 2
    close_alarms(settings, AS_OF)
    assert [send_alerts(limited, as_of=AS_OF) for _ in range(2)] == [2, 0]
    by_address = {mail["X-RcptTo"]: mail for mail in mails[2:]}
    assert by_address["planner@example.org"]["Subject"].startswith("Alert over: machine k0")
    text, html = parts_of(by_address["cocina@example.org"])
    assert "terminó" in text
    assert "El riesgo bajó." in html
    assert "k02" not in html


@pytest.mark.parametrize(("day", "looks_back"), [(date(2026, 11, 1), True), (AS_OF, False)])
def test_the_first_mail_of_a_month_looks_back(
    settings: Settings, mails: list[EmailMessage], day: date, looks_back: bool
):
    write_published(settings.bi_path, PublishedFleet(day, 2, 5, days=60))
    assert send_digests(settings, as_of=day) == 2
    planner = next(mail for mail in mails if mail["X-RcptTo"] == "planner@example.org")
    for part in parts_of(planner):
        assert ("Of the last 20 stops" in part) is looks_back
