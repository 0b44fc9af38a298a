"""Links to answers: each opens one stop, and nobody can make another of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.raw.answer_links import PlannedStop, answer_link, read_answer_link
from python_ml.settings import Settings, load_settings

DAY = date(2026, 11, 20)
URL = "https://arepas.example.org/kitchen"


def settings_with(key: str = "k" * 32, url: str = URL + "/") -> Settings:
    return load_settings({"ANSWERS_KEY": key, "ANSWERS_URL": url})


def token_of(settings: Settings, machine: str = "k01-p1-m1") -> str:
    link = answer_link(settings, "es", machine, DAY)
    assert link is not None
    token, mark, language = link.removeprefix(f"{URL}/answer/").partition("?")
    assert (mark, language) == ("?", "language=es")
    return token


@given(st.text(min_size=1, max_size=200))
def test_a_link_opens_the_stop_that_it_was_made_for(machine: str):
    settings = settings_with()
    token = token_of(settings, machine)
    assert token.isascii()
    assert "/" not in token
    assert read_answer_link(settings, token) == PlannedStop(machine, DAY)
    assert token_of(settings, machine) == token  # a page that is written anew does not change


@given(st.data())
def test_a_link_with_a_changed_character_opens_nothing(data: st.DataObject):
    settings = settings_with()
    token = token_of(settings)
    place = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    with pytest.raises(InputError, match="not one of ours"):
        read_answer_link(settings, token[:place] + other + token[place + 1 :])


def test_a_link_of_another_house_opens_nothing():
    with pytest.raises(InputError, match="not one of ours"):
        read_answer_link(settings_with("o" * 32), token_of(settings_with()))


def test_without_a_key_there_are_no_links_and_none_is_taken():
    without = load_settings({"ANSWERS_URL": URL})
    assert answer_link(without, "en", "m1", DAY) is None
    assert answer_link(load_settings({"ANSWERS_KEY": "k" * 32}), "en", "m1", DAY) is None
    with pytest.raises(InputError, match="need ANSWERS_KEY"):
        read_answer_link(without, token_of(settings_with()))


@pytest.mark.parametrize(
    "variables",
    [
        {"ANSWERS_KEY": "too short"},
        {"ANSWERS_URL": "kitchens.example.net"},
        {"ANSWERS_URL": "https://user:password@example.org"},
    ],
)
def test_a_key_or_address_that_is_none_is_named_without_the_secret(variables: dict[str, str]):
    name, value = next(iter(variables.items()))
    with pytest.raises(InputError, match=name) as caught:
        load_settings(variables)
    assert value not in str(caught.value)
