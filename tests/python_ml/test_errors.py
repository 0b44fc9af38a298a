"""What goes wrong ends a verb with the status that the contract names, told in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from python_ml.errors import ArepasError, InputError, PartlyDoneError, UnreadableFileError
from tests.conftest import Workspace


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
