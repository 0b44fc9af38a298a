"""An order is created once on the other side, whatever becomes of the answer."""

from collections.abc import Iterator

import pytest

from python_ml.errors import ArepasError
from python_ml.morning.order_server import (
    OrderRefusedError,
    OrderServer,
    UnansweredError,
    UnknownOutcomeError,
)
from tests.order_server import MaintenanceSystem, maintenance_system

KEY = "k1-m 1/ä-Łódź-20260314"
ORDER = {"key": KEY, "machine_id": "m1"}


@pytest.fixture
def system() -> Iterator[MaintenanceSystem]:
    with maintenance_system() as system:
        yield system


def test_an_order_is_created_with_the_token_and_its_number_kept(system: MaintenanceSystem):
    assert OrderServer(system.url, "secret").create(KEY, ORDER) == "WO-1"
    assert system.orders == [{**ORDER, "id": "WO-1", "authorization": "Bearer secret"}]
    assert system.asked == ["create"]


@pytest.mark.parametrize("how", ["loses_answer", "fails_after", "says_nothing"])
def test_an_order_whose_answer_is_lost_is_asked_for_and_not_sent_again(
    system: MaintenanceSystem, how: str
):
    system.misbehaves = [how]
    assert OrderServer(system.url).create(KEY, ORDER) == "WO-1"
    assert system.asked == ["create", "find"]
    assert len(system.orders) == 1


def test_where_asking_fails_too_nobody_sends_again(system: MaintenanceSystem):
    system.misbehaves, system.is_searchable = ["loses_answer"], False
    with pytest.raises(UnknownOutcomeError, match=f"order {KEY}: nobody knows whether ORDERS_URL="):
        OrderServer(system.url).create(KEY, ORDER)
    assert system.asked == ["create", "find"]
    system.is_searchable = True
    assert OrderServer(system.url).find_number(KEY) == "WO-1"


def test_a_server_that_failed_before_it_created_is_unknown_until_asked(system: MaintenanceSystem):
    system.misbehaves = ["fails_before"]
    with pytest.raises(UnknownOutcomeError, match=r"503 .*the next run asks before it sends"):
        OrderServer(system.url).create(KEY, ORDER)
    assert OrderServer(system.url).find_number(KEY) is None


def test_a_refusal_is_told_with_what_the_server_says(system: MaintenanceSystem):
    system.misbehaves = ["refuses"]
    with pytest.raises(OrderRefusedError, match=r"422 .*no such machine.*correct ORDERS_LAYOUT"):
        OrderServer(system.url).create(KEY, ORDER)
    assert system.asked == ["create"]


def test_a_busy_server_is_left_alone(system: MaintenanceSystem):
    system.misbehaves = ["is_busy"]
    with pytest.raises(ArepasError, match=r"429 .*run again later"):
        OrderServer(system.url).create(KEY, ORDER)
    assert system.asked == ["create"]


def test_a_server_that_does_not_answer_in_time_is_asked(
    system: MaintenanceSystem, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("python_ml.morning.order_server.TIMEOUT_S", (1, 0.2))
    system.misbehaves = ["is_slow"]
    assert OrderServer(system.url).create(KEY, ORDER) == "WO-1"
    assert system.asked == ["create", "find"]


def test_where_nobody_listens_nothing_was_created():
    with pytest.raises(ArepasError, match=r"not reached .*nothing was created"):
        OrderServer("http://127.0.0.1:9/orders").create(KEY, ORDER)


def test_a_server_whose_name_nobody_knows_has_created_nothing():
    with pytest.raises(UnansweredError, match=r"not reached .*nothing was created"):
        OrderServer("http://no-such-host.invalid/orders").create(KEY, ORDER)


def test_a_question_that_the_server_does_not_know_takes_nobody_else_s_order(
    system: MaintenanceSystem,
):
    server = OrderServer(system.url)
    for key in ("k1-m2-20260314", "k1-m3-20260314"):
        server.create(key, {"key": key})
    system.knows_question = False
    assert server.find_number("K1-M3-20260314") == "WO-2"
    with pytest.raises(UnknownOutcomeError, match="other orders; correct find in ORDERS_LAYOUT"):
        server.find_number(KEY)
    # Their key has another name here, and which of the two is meant nobody can say.
    with pytest.raises(UnknownOutcomeError, match="other orders"):
        OrderServer(system.url, key="customId").find_number("k1-m3-20260314")


def test_a_question_may_have_braces_of_its_own(system: MaintenanceSystem):
    server = OrderServer(system.url, find='?where={"state":"any"}&key={key}')
    assert server.create(KEY, ORDER) == server.find_number(KEY)


def test_an_address_that_leads_elsewhere_is_told(system: MaintenanceSystem):
    system.is_moved = True
    with pytest.raises(UnknownOutcomeError, match=r"308 leads to https://elsewhere.example/orders"):
        OrderServer(system.url).create(KEY, ORDER)
