"""`arepas digest`: the morning's message to each kitchen, and alerts about single machines.

The digest goes out every morning, also when the run failed or data are missing: then it says what
and since when. It is sent once a day to each recipient of a kitchen. It is sent again, marked as a
correction, only if what people act on has changed since: a failed morning was repaired, or other
machines are to be stopped. A run that fails after a good digest sends nothing: that plan stands.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from apprise import NotifyFormat
from apprise.conversion import convert_between

from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.files import write_whole, writing_below
from python_ml.raw.answer_links import answer_link
from python_ml.seen.alarms import Alarm, AlarmsTold, first_mornings, read_alarms
from python_ml.seen.languages import Language, load_language
from python_ml.seen.morning import NONE_SEEN, Morning, PlannedMachine, page_name, read_morning
from python_ml.seen.notify import (
    EVERY_KITCHEN,
    Recipient,
    Sender,
    SentLog,
    find_silent_kitchen,
    find_unknown_kitchen,
    find_unusable_address,
    one_line,
    read_recipients,
)
from python_ml.seen.outcomes import is_first_of_month, stops_made
from python_ml.seen.published import read_kitchens, read_published
from python_ml.seen.templates import load_templates
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

NO_PLAN = "no plan"


def send_digests(
    settings: Settings, *, as_of: date, failure: str | None = None, not_done: Sequence[str] = ()
) -> int:
    """Write each kitchen's digest to the reports' folder and send it where it is due.

    Args:
        settings: Where things are, and NOTIFY_URLS; without it nothing is sent.
        as_of: The morning.
        failure: What stopped the run, for the message; None if it made its plan.
        not_done: What else went wrong, one line each.

    Returns:
        How many messages were sent.

    Raises:
        PartlyDoneError: A recipient could not be reached; the others were.
    """
    published = read_published(settings, as_of=as_of)
    morning = read_morning(published, failure=failure)
    looks_back = is_first_of_month(published)
    recipients = read_recipients(settings.recipients_file)
    log, sender = SentLog(settings), Sender(settings)

    def deliver(recipient: Recipient) -> bool:
        own = _of_kitchen(morning, recipient.kitchen_id)
        before = log.state("digest", as_of, recipient.kitchen_id, recipient.name)
        state = _state(own)
        language = load_language(recipient.language)
        subject = _subject(own, language, recipient.kitchen_id, is_correction=before is not None)
        kitchen_id = None if recipient.kitchen_id == EVERY_KITCHEN else recipient.kitchen_id
        html = _render(
            "digest",
            settings,
            own,
            language,
            kitchen_id=recipient.kitchen_id,
            not_done=list(not_done),
            made=stops_made(published, kitchen_id=kitchen_id) if looks_back else None,
        )
        if before == state or (before is not None and state == NO_PLAN):
            return False
        try:
            _keep(settings, as_of, recipient, subject, html)
        finally:
            # Also where there is no room for it: whoever waits for it gets it.
            if settings.notify_urls:
                sender.send(recipient, subject=subject, html=html)
                log.record("digest", as_of, recipient.kitchen_id, recipient.name, state)
        return bool(settings.notify_urls)

    known = list(read_kitchens(settings)) if settings.bi_path.exists() else []

    def deliver_known(recipient: Recipient) -> bool:
        if (silent := find_silent_kitchen(recipient, known, published.kitchens)) is not None:
            logger.info("%s: %s, so nothing is sent", recipient.name, silent)
            return False
        is_sent = deliver(recipient)
        if (unknown := find_unknown_kitchen(recipient, known)) is not None:
            raise InputError(f"{settings.recipients_file}: {recipient.name}: {unknown}")
        return is_sent

    if not settings.notify_urls:
        logger.info(
            "NOTIFY_URLS is empty: the digests are only written, to %s",
            settings.reports_dir / as_of.isoformat(),
        )
    return _deliver_all(recipients, deliver_known)


def send_alerts(settings: Settings, *, as_of: date) -> int:
    """Tell the recipients of a kitchen at once about machines from the limit on.

    An alarm is told once, and again only if something else endangers the machine now; that it is
    over is told once, too.

    Returns:
        How many messages were sent.

    Raises:
        PartlyDoneError: A recipient could not be reached; the others were.
    """
    if not settings.notify_urls:
        return 0
    published = read_published(settings, as_of=as_of)
    morning = read_morning(published)
    if morning.is_stale:
        return 0
    alarms = read_alarms(published)
    opened_on = first_mornings(published, settings.alert_probability) | {
        alarm.machine_id: alarm.opened_on for alarm in alarms if alarm.closed_on is None
    }
    alarming = [m for m in morning.machines if (m.probability or 0) >= settings.alert_probability]
    log, sender = SentLog(settings), Sender(settings)

    def deliver(recipient: Recipient) -> bool:
        told = AlarmsTold(log, recipient.name)
        machines = [
            machine
            for machine in alarming
            if _reaches(recipient, machine.kitchen_id)
            and told.is_due(machine, opened_on[machine.machine_id])
        ]
        ended = [
            alarm
            for alarm in alarms
            if _reaches(recipient, alarm.kitchen_id) and told.end_is_due(alarm, as_of)
        ]
        if not machines and not ended:
            return False
        language = load_language(recipient.language)
        subject = _alert_subject(machines or ended, language)
        html = _render(
            "alert",
            settings,
            morning,
            language,
            machines=machines,
            ended=ended,
            limit=settings.alert_probability,
        )
        sender.send(recipient, subject=subject, html=html)
        for machine in machines:
            told.write_down(machine, opened_on[machine.machine_id])
        for alarm in ended:
            told.write_down_end(alarm)
        return True

    return _deliver_all(read_recipients(settings.recipients_file), deliver)


def _deliver_all(recipients: Sequence[Recipient], deliver: Callable[[Recipient], bool]) -> int:
    sent, problems = 0, []
    for recipient in recipients:
        try:
            sent += deliver(recipient)
        except (ArepasError, OSError) as error:
            # One recipient's wrong entry must not keep the plan from the others.
            problems.append(str(error))
    if problems:
        raise PartlyDoneError(*problems)
    return sent


def _reaches(recipient: Recipient, kitchen_id: str) -> bool:
    return recipient.kitchen_id in {EVERY_KITCHEN, kitchen_id}


def _of_kitchen(morning: Morning, kitchen_id: str) -> Morning:
    return morning if kitchen_id == EVERY_KITCHEN else morning.for_kitchen(kitchen_id)


def _state(morning: Morning) -> str:
    """What people act on: two digests with the same state say the same."""
    if morning.is_stale or morning.failure:
        return NO_PLAN
    if morning.why_no_stop == NONE_SEEN:
        return NONE_SEEN
    return json.dumps(sorted(machine.machine_id for machine in morning.stops))


def _subject(morning: Morning, language: Language, kitchen_id: str, *, is_correction: bool) -> str:
    day = language.short_date(morning.as_of)
    if morning.plan_date is None:
        text = language.text("digest.subject_no_plan", date=day)
    elif morning.failure or morning.is_stale:
        plan_date = language.short_date(morning.plan_date)
        text = language.text("digest.subject_failed", date=day, plan_date=plan_date)
    else:
        text = language.text("digest.subject_stop", date=day, stops=_headline(morning, language))
    where = _where(kitchen_id, language)
    mark = f"{language.text('digest.correction')}: " if is_correction else ""
    return one_line(f"{mark}{where} · {text}")


def _headline(morning: Morning, language: Language) -> str:
    if morning.stops:
        return language.text("today.stop_machines", count=len(morning.stops))
    return language.text(
        f"today.{morning.why_no_stop}" if morning.machines else "today.nothing_yet"
    )


def _where(kitchen_id: str, language: Language) -> str:
    if kitchen_id == EVERY_KITCHEN:
        return language.text("digest.all_kitchens")
    return language.text("digest.for_kitchen", kitchen=kitchen_id)


def _alert_subject(told: Sequence[PlannedMachine | Alarm], language: Language) -> str:
    worst = told[0]
    values = {"machine": worst.machine_id, "kitchen": worst.kitchen_id}
    if isinstance(worst, PlannedMachine):
        risk = language.risk(worst.probability)
        subject = language.text("digest.alert_subject", **values, risk=risk)
    else:
        subject = language.text("digest.resolved_subject", **values)
    more = language.text("trust.more", count=len(told) - 1) if told[1:] else ""
    return one_line(f"{subject} {more}")


def _render(
    template: str, settings: Settings, morning: Morning, language: Language, **values: object
) -> str:
    site = settings.site_url or settings.public_dir.as_uri()
    home = site if language.code == "en" else f"{site}/{language.code}"
    return (
        load_templates()
        .get_template(f"{template}.html")
        .render(
            morning=morning,
            language=language,
            t=language.text,
            home=home,
            answer_link=partial(answer_link, settings, language.code),
            money=partial(language.money, settings.currency),
            headline=_headline(morning, language),
            where=_where(str(values.get("kitchen_id", EVERY_KITCHEN)), language),
            **values,
        )
    )


def _keep(settings: Settings, as_of: date, recipient: Recipient, subject: str, html: str) -> None:
    """Keep a digest as HTML and as the mail that it would be."""
    name = page_name(f"digest_{recipient.kitchen_id}_{recipient.language}".lower())
    folder = settings.reports_dir / as_of.isoformat()
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    # Of some that are no address Python makes no header, either.
    if find_unusable_address(recipient) is None:
        mail["To"] = recipient.name
    mail.set_content(convert_between(NotifyFormat.HTML, NotifyFormat.TEXT, html))
    mail.add_alternative(html, subtype="html")
    # Python draws a boundary by lot; the same digest is to be the same file.
    mail.set_boundary(hashlib.sha256(html.encode()).hexdigest())
    path = folder / name
    with writing_below(settings.reports_dir, "REPORTS_DIR"):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, html.encode())
        write_whole(path.with_suffix(".eml"), bytes(mail))
