"""Answers to planned stops: what is taken, what is refused, and how it lands in the raw folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.raw.feedback import FINDINGS, answer_line, append_answer, parse_answer
from python_ml.settings import load_settings

GIVEN = {
    "machine_id": "m1",
    "start_time": "2026-11-20T07:00:00",
    "end_time": "2026-11-20T08:30:00",
    "finding": "fault_found",
}


def settings_in(folder: Path):
    return load_settings({"RAW_DATA_DIR": str(folder)})


def test_an_answer_is_a_line_of_the_maintenance_log():
    line = answer_line(parse_answer(GIVEN | {"component": "belt"}))
    assert line == "m1;2026-11-20T07:00:00;2026-11-20T08:30:00;planned;fault_found;belt"


@pytest.mark.parametrize("finding", FINDINGS)
def test_each_finding_can_be_answered(finding: str):
    assert f";planned;{finding};" in answer_line(parse_answer(GIVEN | {"finding": finding}))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"machine_id": " "}, "machine_id is empty"),
        ({"machine_id": "m1\nm2;2026-01-01T00:00:00;;breakdown;"}, "on one line"),
        ({"machine_id": "m1\r"}, None),
        ({"machine_id": "m\x001"}, "on one line"),
        ({"machine_id": "m\u20281"}, "on one line"),
        ({"component": "x" * 201}, "component"),
        ({"finding": "maybe"}, "finding='maybe'"),
        ({"start_time": "2026-11-20"}, "start_time"),
        ({"start_time": "2026-11-31T07:00:00"}, "start_time"),
        ({"end_time": ""}, "end_time"),
        ({"end_time": "2026-11-20T06:00:00"}, "swap"),
    ],
)
def test_what_cannot_be_a_line_is_refused(changed: dict[str, str], complaint: str | None):
    if complaint is None:
        assert parse_answer(GIVEN | changed).machine_id == "m1"
        return
    with pytest.raises(InputError, match=complaint):
        parse_answer(GIVEN | changed)


@given(st.text(alphabet=st.sampled_from('ab;"= ñ'), min_size=1).filter(lambda name: name.strip()))
def test_any_printable_name_stays_one_field(name: str):
    line = answer_line(parse_answer(GIVEN | {"machine_id": name}))
    assert "\n" not in line
    quoted = '"' + name.strip().replace('"', '""') + '"'
    assert line.startswith((quoted + ";", name.strip() + ";"))
    assert line.endswith(";2026-11-20T07:00:00;2026-11-20T08:30:00;planned;fault_found;")


def test_answers_given_at_once_are_all_kept_and_a_repeated_one_once(tmp_path: Path):
    settings = settings_in(tmp_path)
    answers = [parse_answer(GIVEN | {"machine_id": f"m{number}"}) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda answer: append_answer(settings, answer), answers))
    assert names == {"maintenance_events_answers_2026-11.csv"}
    append_answer(settings, answers[-1])
    append_answer(settings, answers[-1])
    lines = (tmp_path / names.pop()).read_text().splitlines()
    assert lines[0] == "machine_id;start_time;end_time;kind;finding;component"
    assert set(lines[1:]) == {answer_line(answer) for answer in answers}
    assert len(lines) in {41, 42}  # the last of them, unless another thread was later
    visible = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert visible == ["maintenance_events_answers_2026-11.csv"]


def test_a_missing_raw_folder_is_one_clear_line(tmp_path: Path):
    with pytest.raises(InputError, match="check RAW_DATA_DIR"):
        append_answer(settings_in(tmp_path / "gone"), parse_answer(GIVEN))
