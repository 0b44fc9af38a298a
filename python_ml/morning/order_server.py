"""The maintenance system that work orders are posted to: each created there once, whatever happens.

A creation whose outcome nobody knows (the answer was lost, the server failed) is never tried again
before the server has been asked by the order's key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import NewConnectionError

from python_ml.errors import ArepasError

TIMEOUT_S = (5, 30)
CONFLICT = 409
# A server that says so has not looked at the order, so that it may be sent again another time.
LATER = (408, 425, 429)
PRINTABLE = "".join(map(chr, range(32, 127)))


class OrderRefusedError(ArepasError):
    """The server will not have this order; nothing was created."""


class UnknownOutcomeError(ArepasError):
    """Nobody knows whether the order is there; ask by its key before it is sent again."""


class UnansweredError(ArepasError):
    """Nobody listens, or answers in time; another order would wait as long."""


@dataclass(frozen=True)
class OrderServer:
    """How orders are created and found.

    Attributes:
        url: Where an order is posted as JSON.
        token: Sent as `Authorization: Bearer`; empty: none.
        number: Where the answer has the server's own number, names with dots between them.
        find: What is asked for by key, appended to `url`, with `{key}` in it; the answer is an
            order, a list of orders, or an object that has the list under `items`.
        key: What an order's key is called there, at the top of an order.
    """

    url: str
    token: str = ""
    number: str = "id"
    find: str = "?key={key}"
    key: str = "key"

    def create(self, key: str, order: Mapping[str, Any]) -> str:
        """Create an order; returns its number there.

        Raises:
            OrderRefusedError: It is refused.
            UnknownOutcomeError: It may be there or not, and asking did not help.
            UnansweredError: The same, or nothing was created, since nobody answers.
            ArepasError: The server asks to come later; nothing was created.
        """
        try:
            answer = self._ask("post", self.url, key, json=order)
        except requests.ConnectTimeout as error:
            raise self._not_reached(error) from error
        except requests.ConnectionError as error:
            if isinstance(getattr(error.args[0], "reason", None), NewConnectionError):
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
            UnansweredError: It says nothing.
        """
        url = self.url + self.find.replace("{key}", quote(key, safe=""))
        try:
            answer = self._ask("get", url, key)
        except requests.RequestException as error:
            raise self._unknown(key, error) from error
        if answer.status_code == requests.codes.not_found:
            return None
        if not answer.ok or answer.is_redirect:
            raise self._unknown(key, _say(answer))
        try:
            found = answer.json()
        except requests.JSONDecodeError as error:
            raise self._unknown(key, "its answer is no JSON") from error
        found = found.get("items", found) if isinstance(found, dict) else found
        orders = self._of_key(key, found if isinstance(found, list) else [found])
        if not orders:
            return None
        number = _look_up(orders[0], self.number)
        if number is None:
            raise self._unknown(key, f"its answer has no {self.number}")
        return number

    def _of_key(self, key: str, orders: Sequence[Any]) -> Sequence[Any]:
        """Leave others' orders out: a server that does not know the question may answer with all.

        Raises:
            UnknownOutcomeError: The answer holds orders, and ours is not to be seen among them.
        """
        keys = [order.get(self.key) if isinstance(order, dict) else None for order in orders]
        if len(orders) == 1 and not isinstance(keys[0], str):
            return orders
        own = [
            order
            for order, theirs in zip(orders, keys, strict=True)
            if isinstance(theirs, str) and theirs.casefold() == key.casefold()
        ]
        if orders and not own:
            raise self._unknown(key, "its answer has other orders; correct find in ORDERS_LAYOUT")
        return own

    def _find_or_give_up(self, key: str, why: object) -> str:
        number = self.find_number(key)
        if number is None:
            raise self._unknown(key, why)
        return number

    def _ask(self, method: str, url: str, key: str, **arguments: Any) -> requests.Response:  # noqa: ANN401
        # A header takes no letters beyond Latin, and no line break.
        headers = {
            "Accept": "application/json",
            "Idempotency-Key": quote(key.strip(), safe=PRINTABLE),
        }
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

    def _not_reached(self, error: Exception) -> UnansweredError:
        return UnansweredError(
            f"ORDERS_URL={self.url}: not reached ({type(error).__name__}); nothing was created,"
            " run again"
        )

    def _unknown(self, key: str, why: object) -> ArepasError:
        said = type(why).__name__ if isinstance(why, Exception) else why
        kind = UnansweredError if isinstance(why, requests.Timeout) else UnknownOutcomeError
        return kind(
            f"order {key}: nobody knows whether ORDERS_URL={self.url} has it ({said}); the next"
            " run asks before it sends it again"
        )


def _look_up(answer: Any, name: str) -> str | None:  # noqa: ANN401
    for part in name.split("."):
        answer = answer.get(part) if isinstance(answer, dict) else None
    return None if answer is None or isinstance(answer, (dict, list)) else str(answer)


def _say(answer: requests.Response) -> str:
    said = f"leads to {answer.headers['Location']}" if answer.is_redirect else answer.text[:200]
    return " ".join(f"{answer.status_code} {said}".split())
