"""Recipients, the way to reach them, and what they were sent: mail, Teams, Slack, … by Apprise."""

import csv
import logging
import sqlite3
from collections import Counter
from collections.abc import Container, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import quote

import apprise
from apprise.conversion import convert_between
from apprise.plugins.email.base import NotifyEmail
from apprise.utils.parse import is_email

from python_ml.errors import ArepasError, InputError, describe_unknown
from python_ml.seen.languages import CODES
from python_ml.settings import Settings

EVERY_KITCHEN = "all"
ADDRESS_ENTRY = "mail"
MAIL_URLS = ("mailto:", "mailtos:")
STAND_IN = "recipient@example.org"
WRITE_ADDRESS = "write one address a line, as cocina@example.org"
# At `a:;@b` and other such texts Python's parser of addresses fails otherwise than it says.
PARSER_ERRORS = (AttributeError, HeaderParseError, IndexError, TypeError, ValueError)
# Apprise's words, of mail and of the other services, and smtplib's of a server that takes up and
# then says nothing: it costs as long as one that does not take up.
NO_CONNECTION = ("onnection error", "Connection unexpectedly closed: timed out")
MOST_FAILURES = 2
ANSWER = "Socket Exception: "  # Apprise's words before what the other side said
CREATE_SENT = """
create table if not exists sent (
    kind text not null,
    as_of_date text not null,
    subject_id text not null,
    recipient text not null,
    state text not null,
    sent_at text not null default current_timestamp,
    primary key (kind, as_of_date, subject_id, recipient)
)
"""


class NoConnectionError(ConnectionError):
    """A service that cannot be reached at all; the next message will hardly fare better."""


@dataclass(frozen=True)
class Recipient:
    """Who gets the digest of a kitchen, or of `all`, and in which language.

    Attributes:
        name: A mail address, or the name of an entry of NOTIFY_URLS.
    """

    kitchen_id: str
    name: str
    language: str

    @property
    def entry(self) -> str:
        """The entry of NOTIFY_URLS that reaches the recipient."""
        return ADDRESS_ENTRY if "@" in self.name else self.name


def read_recipients(path: Path) -> list[Recipient]:
    """Read the list of recipients: `kitchen_id,recipient,language`.

    Raises:
        InputError: The file is missing or a line cannot be used.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error}); see docs/mail.md") from error
    recipients = []
    for number, row in enumerate(rows, start=2):
        texts = [(row.get(name) or "").strip() for name in ("kitchen_id", "recipient", "language")]
        if not all(texts) or texts[2] not in CODES or not texts[1].isprintable():
            raise InputError(
                f"{path}, line {number}: write kitchen_id (or all), recipient and language"
                f" ({', '.join(CODES)}), with commas between them"
            )
        recipients.append(Recipient(*texts))
    return recipients


def find_unknown_kitchen(recipient: Recipient, kitchens: Sequence[str]) -> str | None:
    """Say that a recipient is of none of the kitchens that there are; None before there are any."""
    if not kitchens or recipient.kitchen_id == EVERY_KITCHEN:
        return None
    return describe_unknown("kitchen_id", recipient.kitchen_id, kitchens, "such kitchen")


def find_silent_kitchen(
    recipient: Recipient, known: Sequence[str], recent: Sequence[str]
) -> str | None:
    """Say that a recipient's kitchen is one of those known that no recent morning tells of.

    None where no recent morning tells of any.
    """
    if not recent or recipient.kitchen_id in recent or recipient.kitchen_id not in known:
        return None
    return f"no morning of the last 90 days tells of kitchen {recipient.kitchen_id}"


def find_missing_entry(recipient: Recipient, names: Container[str]) -> str | None:
    """Say that no entry of NOTIFY_URLS, of which these are the names, reaches a recipient."""
    if recipient.entry in names:
        return None
    return f"NOTIFY_URLS has no entry {recipient.entry!r}; add it"


def find_unusable_address(recipient: Recipient) -> str | None:
    """Say that a recipient is no name of an entry, and not one address that a mail server takes."""
    if recipient.name.isidentifier():
        return None
    try:
        _mail_address(recipient.name)
    except ValueError as error:
        return str(error)
    return None


def _mail_address(text: str) -> Address:
    """Read one mail address, with a person's name before it or none; its host as servers know it.

    Raises:
        ValueError: It is none, or more than one, or has other letters than ASCII before the `@`.
    """
    try:
        mail = EmailMessage()
        mail["To"] = text
        (address,) = mail["To"].addresses
        host = address.domain.encode("idna").decode()
    except PARSER_ERRORS as error:
        raise ValueError(f"is not one mail address; {WRITE_ADDRESS}") from error
    if not address.username.isascii():
        raise ValueError(f"has letters before the @ that mail servers do not take; {WRITE_ADDRESS}")
    if mail["To"].defects or not host:
        raise ValueError(f"is not one mail address; {WRITE_ADDRESS}")
    return Address(address.display_name, address.username, host)


def _service_of(url: str, recipient: Recipient) -> apprise.Apprise:
    """Make what sends to a recipient.

    A mail's address is put in as it is written: of o'brien@ Apprise makes brien@, and of a host
    with an ñ it takes what stands before it.

    Raises:
        InputError: The URL or the address cannot be used.
    """
    entry = recipient.entry
    if entry != ADDRESS_ENTRY:
        said, address = recipient.name, None
    else:
        try:
            address = _mail_address(recipient.name)
        except ValueError as error:
            raise InputError(f"recipient {recipient.name}: {error}") from error
        said = STAND_IN if url.lower().startswith(MAIL_URLS) else address.addr_spec
    service = apprise.Apprise()
    if not service.add(url.replace("{address}", quote(said))):
        raise InputError(f"NOTIFY_URLS: the entry {entry!r} is no URL that Apprise knows")
    if address is None:
        return service
    for plugin in service:
        if isinstance(plugin, NotifyEmail):
            _put_address(plugin, address)
        elif "{address}" in url:
            _check_address(address)
    return service


def _check_address(address: Address) -> None:
    """See that Apprise reads an address, for services that are no mail server, as it is written."""
    read = is_email(address.addr_spec)
    if not read or read["full_email"] != address.addr_spec:
        raise InputError(
            f"recipient {address.addr_spec}: the service of the entry {ADDRESS_ENTRY!r} would take"
            " it for another address; mailtos:// would not"
        )


def _put_address(plugin: NotifyEmail, address: Address) -> None:
    addresses = [str(target) for _, target in plugin.targets]
    if STAND_IN in addresses:
        own = (address.display_name or False, address.addr_spec)
        plugin.targets[addresses.index(STAND_IN)] = own
    elif address.addr_spec.lower() not in map(str.lower, addresses):
        raise InputError(
            f"NOTIFY_URLS: the entry {ADDRESS_ENTRY!r} would send the mail of {address.addr_spec}"
            f" to {', '.join(addresses)}; end its URL with to={{address}}"
        )


def send(settings: Settings, recipient: Recipient, *, subject: str, html: str) -> None:
    """Send one message; mail gets an HTML and a text part, other services what they can show.

    What a chat service refuses that is longer than it takes is sent again in pieces.

    Raises:
        InputError: NOTIFY_URLS does not say how to reach the recipient, or URL or address is none.
        NoConnectionError: The service cannot be reached, or not as who we say that we are.
        ConnectionError: The service did not take the message.
    """
    urls = dict(settings.notify_urls)
    entry = recipient.entry
    if (missing := find_missing_entry(recipient, urls)) is not None:
        raise InputError(f"recipient {recipient.name}: {missing}")
    url = urls[entry].get_secret_value()
    service = _service_of(url, recipient)
    notify = partial(
        service.notify, title=one_line(subject), body=html, body_format=apprise.NotifyFormat.HTML
    )
    is_mail = url.lower().startswith(MAIL_URLS)
    with _quiet_apprise(is_mail=is_mail) as errors:
        is_sent = notify()
        if not is_sent and _is_reached(errors) and not is_mail and _is_too_long(service, html):
            errors.clear()
            for plugin in service:
                plugin.overflow_mode = apprise.OverflowMode.SPLIT
            is_sent = notify()
    if not is_sent:
        told = "; ".join(errors) or "no reason given"
        failure = ConnectionError if _is_reached(errors) else NoConnectionError
        raise failure(f"recipient {recipient.name}: {entry} did not take it ({told})")


def _is_reached(errors: Sequence[str]) -> bool:
    """Say whether a service answered, by what Apprise said of it."""
    return not any(words in error for error in errors for words in NO_CONNECTION)


def _is_too_long(service: apprise.Apprise, html: str) -> bool:
    """Say whether a message is longer than Apprise says that its service takes.

    Some take more, Teams for one, so nothing is cut before a service has refused it.
    """
    text = convert_between(apprise.NotifyFormat.HTML, apprise.NotifyFormat.TEXT, html)
    return any(len(text) > plugin.body_maxlen for plugin in service)


class Sender:
    """Sends messages, by way of each entry only while it can be reached.

    Who does not answer costs up to fifteen seconds a message, and a fleet has hundreds of
    recipients.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failures = Counter[str]()

    def send(self, recipient: Recipient, *, subject: str, html: str) -> None:
        """Send one message, as `send` does.

        Raises:
            ConnectionError: The entry could not be reached by the messages before, either.
        """
        entry = recipient.entry
        failures = self._failures[entry]
        if failures >= MOST_FAILURES:
            raise ConnectionError(
                f"recipient {recipient.name}: not tried, since {entry} could not be reached"
                f" {MOST_FAILURES} times; run again"
            )
        self._failures[entry] = 0
        try:
            send(self._settings, recipient, subject=subject, html=html)
        except NoConnectionError:
            self._failures[entry] = failures + 1
            raise


def one_line(text: str) -> str:
    """Make a text a header's value: one line, nothing that does not print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def sent_path(settings: Settings) -> Path:
    """Name the file that keeps what was sent."""
    return settings.state_dir / "sent.sqlite3"


class SentLog:
    """What was sent, kept in SQLite so that a crash loses nothing and half of nothing stays.

    A message is written down after it was taken: whoever crashes in between sends it again, since
    a digest that comes twice is better than none.
    """

    def __init__(self, settings: Settings) -> None:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        self._path = sent_path(settings)

    def state(self, kind: str, day: date, subject_id: str, recipient: str) -> str | None:
        """What was sent last about a subject on a day; None if nothing."""
        with self._open() as connection:
            row = connection.execute(
                "select state from sent where (kind, as_of_date, subject_id, recipient)"
                " = (?, ?, ?, ?)",
                (kind, day.isoformat(), subject_id, recipient),
            ).fetchone()
        return row[0] if row else None

    def states_since(
        self, kind: str, day: date, subject_id: str, recipient: str, *, until: date = date.max
    ) -> list[str]:
        """What was sent about a subject from a day on, before another day, the oldest first."""
        with self._open() as connection:
            rows = connection.execute(
                "select state from sent where kind = ? and as_of_date >= ? and as_of_date < ?"
                " and subject_id = ? and recipient = ? order by as_of_date",
                (kind, day.isoformat(), until.isoformat(), subject_id, recipient),
            ).fetchall()
        return [row[0] for row in rows]

    def record(self, kind: str, day: date, subject_id: str, recipient: str, state: str) -> None:
        """Write down what was just sent."""
        with self._open() as connection, connection:
            connection.execute(
                "insert or replace into sent (kind, as_of_date, subject_id, recipient, state)"
                " values (?, ?, ?, ?, ?)",
                (kind, day.isoformat(), subject_id, recipient, state),
            )

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        """Open the file for one question or note.

        Raises:
            ArepasError: It cannot be read or written.
        """
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                connection.execute(CREATE_SENT)
                yield connection
        except sqlite3.Error as error:
            raise ArepasError(
                f"{self._path}: cannot be read or written ({error}), so nobody knows who was told;"
                " make room and see that it can be written, or move it away and run again: who was"
                " told this morning is told again then"
            ) from error


class _Errors(logging.Handler):
    """Collects what Apprise complains about, for the one line that we say ourselves."""

    def __init__(self, *, is_mail: bool) -> None:
        super().__init__()
        self._is_mail = is_mail
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = one_line(record.getMessage())
        # What a mail server answers is told as detail alone. Of other services the detail names
        # the address that was asked, and its path may be the secret.
        is_answer = self._is_mail and text.startswith(ANSWER)
        if record.levelno >= logging.WARNING or is_answer:
            self.texts.append(text.removeprefix(ANSWER))


@contextmanager
def _quiet_apprise(*, is_mail: bool) -> Generator[list[str]]:
    handler = _Errors(is_mail=is_mail)
    logger = logging.getLogger("apprise")
    propagates, level = logger.propagate, logger.level
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
        logger.setLevel(level)
