"""The maintenance system that work orders are posted to: each created there once, whatever happens.

A creation whose outcome nobody knows (the answer was lost, the server failed) is never tried again
before the server has been asked by the order's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from python_ml.errors import ArepasError

TIMEOUT_S = (5, 30)
CONFLICT = 409
# A server that says so has not looked at the order, so that it may be sent again another time.
LATER = (408, 425, 429)


class OrderRefusedError(ArepasError):
    """The server will not have this order; nothing was created."""


class UnknownOutcomeError(ArepasError):
    """Nobody knows whether the order is there; ask by its key before it is sent again."""


@dataclass(frozen=True)
class OrderServer:
    """How orders are created and found.

    Attributes:
        url: Where an order is posted as JSON.
        token: Sent as `Authorization: Bearer`; empty: none.
        number: Where the answer has the server's own number, names with dots between them.
        find: What is asked for by key, appended to `url`, with `{key}` in it; the answer is an
            order, a list of orders, or an object that has the list under `items`.
    """

    url: str
    token: str = ""
    number: str = "id"
    find: str = "?key={key}"

    def create(self, key: str, order: Mapping[str, Any]) -> str:
        """Create an order; returns its number there.

        Raises:
            OrderRefusedError: It is refused.
            UnknownOutcomeError: It may be there or not, and asking did not help.
            ArepasError: The server was not reached, or asks to come later; nothing was created.
        """
        try:
            answer = self._ask("post", self.url, key, json=order)
        except requests.ConnectTimeout as error:
            raise self._not_reached(error) from error
        except requests.ConnectionError as error:
            if "Failed to establish" in str(error):
                raise self._not_reached(error) from error
            return self._find_or_give_up(key, error)
        except requests.RequestException as error:
            return self._find_or_give_up(key, error)
        if answer.status_code in LATER:
            raise ArepasError(f"ORDERS_URL={self.url}: {_say(answer)}; run again later")
        if answer.ok or answer.status_code == CONFLICT or answer.status_code >= 500:
            number = self._number_in(answer) if answer.ok else None
            return number or self._find_or_give_up(key, _say(answer))
        raise OrderRefusedError(
            f"order {key}: ORDERS_URL={self.url} refuses it ({_say(answer)}); correct ORDERS_LAYOUT"
            " or the machine's data there"
        )

    def find_number(self, key: str) -> str | None:
        """Ask for an order by its key; returns its number there, or None where there is none.

        Raises:
            UnknownOutcomeError: The server does not say.
        """
        url = self.url + self.find.format(key=quote(key, safe=""))
        try:
            answer = self._ask("get", url, key)
        except requests.RequestException as error:
            raise self._unknown(key, error) from error
        if answer.status_code == requests.codes.not_found:
            return None
        if not answer.ok:
            raise self._unknown(key, _say(answer))
        try:
            found = answer.json()
        except requests.JSONDecodeError as error:
            raise self._unknown(key, "its answer is no JSON") from error
        found = found.get("items", found) if isinstance(found, dict) else found
        orders = found if isinstance(found, list) else [found]
        if not orders:
            return None
        number = _look_up(orders[0], self.number)
        if number is None:
            raise self._unknown(key, f"its answer has no {self.number}")
        return number

    def _find_or_give_up(self, key: str, why: object) -> str:
        number = self.find_number(key)
        if number is None:
            raise self._unknown(key, why)
        return number

    def _ask(self, method: str, url: str, key: str, **arguments: Any) -> requests.Response:  # noqa: ANN401
        headers = {"Accept": "application/json", "Idempotency-Key": key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # A redirect would turn the creation into a question to somebody else.
        return requests.request(
            method, url, headers=headers, timeout=TIMEOUT_S, allow_redirects=False, **arguments
        )

    def _number_in(self, answer: requests.Response) -> str | None:
        try:
            return _look_up(answer.json(), self.number)
        except requests.JSONDecodeError:
            return None

    def _not_reached(self, error: Exception) -> ArepasError:
        return ArepasError(
            f"ORDERS_URL={self.url}: not reached ({type(error).__name__}); nothing was created,"
            " run again"
        )

    def _unknown(self, key: str, why: object) -> UnknownOutcomeError:
        said = type(why).__name__ if isinstance(why, Exception) else why
        return UnknownOutcomeError(
            f"order {key}: nobody knows whether ORDERS_URL={self.url} has it ({said}); the next"
            " run asks before it sends it again"
        )


def _look_up(answer: Any, name: str) -> str | None:  # noqa: ANN401
    for part in name.split("."):
        answer = answer.get(part) if isinstance(answer, dict) else None
    return None if answer is None or isinstance(answer, (dict, list)) else str(answer)


def _say(answer: requests.Response) -> str:
    return " ".join(f"{answer.status_code} {answer.text[:200]}".split())
