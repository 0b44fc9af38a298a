"""What goes wrong ends a verb with the contract's status, in one line, without a password."""

import string
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from python_ml.errors import (
    ArepasError,
    InputError,
    PartlyDoneError,
    UnreadableFileError,
    counted,
    one_line,
    without_secrets,
)
from tests.conftest import Workspace

# Whatever people type, written as it is or with percents; a blank ends an address.
PRINTABLE = "".join(c for c in string.printable if not c.isspace())
passwords = st.text(PRINTABLE, min_size=8).map(lambda text: f"hush{text}")
names = st.text(string.ascii_lowercase, min_size=1)
schemes = st.sampled_from(["http", "https", "postgresql+psycopg", "mailtos", "s3", "ftp"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ArepasError("the warehouse:\nis open;\nclose it"), 1),
        (InputError("machines.csv:\ncolumn phase is missing;\nmend it"), 2),
        (UnreadableFileError("machines.csv:\nis empty;\ndeliver it"), 2),
        (PartlyDoneError("no model for a2;\ntrain it"), 3),
    ],
)
def test_a_verb_ends_with_the_status_of_its_error_and_one_line(
    tmp_path: Path,
    error_of: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    error: ArepasError,
    status: int,
):
    def build_site(settings: object, *, as_of: object) -> None:
        raise error

    monkeypatch.setattr("python_ml.seen.site.build_site", build_site)
    assert Workspace(tmp_path).arepas("site") == status
    assert error_of() == " ".join(str(error).split())


@given(scheme=schemes, user=names, password=passwords, host=names)
@example(scheme="http", user="me", password="hush@half/of?it#is", host="db")
def test_user_information_goes_and_the_place_stays(
    scheme: str, user: str, password: str, host: str
):
    for written in (password, quote(password, safe="")):
        address = f"{scheme}://{user}:{written}@{host}:5432/models"
        text = f"cannot reach {address} (refused)"
        assert without_secrets(text) == f"cannot reach {scheme}://***@{host}:5432/models (refused)"
        assert written not in str(InputError(text)) + one_line(OSError(text)) + one_line(
            ArepasError(text)
        )


@given(
    name=st.sampled_from(["password", "PGPASSWORD", "user_pwd", "access_token", "api_key", "sig"]),
    value=st.text(string.ascii_letters + string.digits + "+/%-_.", min_size=1),
)
def test_named_secrets_go_whatever_stands_around_them(name: str, value: str):
    for text in (f"{name}={value}", f"{name} = '{value}'", f'"{name}": "{value}"'):
        hidden = without_secrets(f"before {text} after")
        assert hidden.startswith("before ") and hidden.endswith(" after")
        assert "***" in hidden and name in hidden
        assert len(value) < 4 or value not in hidden


@given(
    st.lists(st.sampled_from(["://", "@", "password", "=", ":", "'", '"', " ", "x"])).map("".join)
)
@example("password=''://")
def test_once_is_enough(text: str):
    assert without_secrets(without_secrets(text)) == without_secrets(text)


def test_what_is_no_secret_stays():
    for text in (
        "data/raw: no cooking_metrics*.csv (or .csv.gz, .parquet); add the file",
        "API_KEYS: key 1 has 5 characters, at least 20 are needed",
        "http://mlflow:5000: cannot be reached; write to a@example.org",
        "password authentication failed for user arepas",
    ):
        assert without_secrets(text) == text


def test_what_others_say_is_cut_in_the_middle_and_what_is_to_be_done_stays():
    error = InputError(f"m9.csv: the header says {'x;' * 30_000}; mend it", "METRICS is empty")
    first, second = str(error).rsplit("; ", 1)
    assert len(first) == 300
    assert first.startswith("m9.csv: the header says x;")
    assert first.endswith("; mend it")
    assert second == "METRICS is empty"
    assert len(one_line(ValueError("y" * 1000))) == 300


def test_one_is_not_counted_as_many():
    assert [counted(count, "machine") for count in (0, 1, 2)] == [
        "0 machines",
        "1 machine",
        "2 machines",
    ]
