"""Signed links to the page on which a kitchen answers one planned stop.

Who has a link may answer that stop of that machine and nothing else, for some days. Links of one
stop are always the same, so that a page that is written anew does not change.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeSerializer

from python_ml.errors import InputError
from python_ml.settings import Settings

# A stop that was done late is answered late; after that the maintenance log is the place.
LINK_DAYS = 14


@dataclass(frozen=True)
class PlannedStop:
    """A machine on the morning whose plan stops it."""

    machine_id: str
    planned_on: date

    @property
    def answerable_until(self) -> date:
        """The last day on which its link is good."""
        return self.planned_on + timedelta(days=LINK_DAYS)


def answer_link(settings: Settings, language: str, machine_id: str, day: date) -> str | None:
    """Write the link to the page of a stop, planned for a day; None where settings allow no links.

    Args:
        settings: ANSWERS_URL and ANSWERS_KEY, of which links need both.
        language: The code of the language that the page opens in.
        machine_id: The machine to stop.
        day: The morning whose plan stops it.
    """
    if not (settings.answers_url and settings.answers_key):
        return None
    token = _serializer(settings).dumps([machine_id, day.isoformat()])
    text = token if isinstance(token, str) else token.decode()
    return f"{settings.answers_url}/answer/{text}?{urlencode({'language': language})}"


def read_answer_link(settings: Settings, token: str) -> PlannedStop:
    """Read which stop a link is for.

    Raises:
        InputError: It is not of our making, or links are not allowed here.
    """
    if not settings.answers_key:
        raise InputError("links to answers need ANSWERS_KEY, which is not set")
    try:
        machine_id, day = _serializer(settings).loads(token)
    except BadData as error:
        raise InputError("the link is not one of ours, or not whole") from error
    return PlannedStop(machine_id, date.fromisoformat(day))


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(
        settings.answers_key.get_secret_value(),
        salt="answer to a planned stop",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
