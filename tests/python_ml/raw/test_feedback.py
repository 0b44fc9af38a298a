"""Answers to planned stops: what is taken, what is refused, and how it lands in the raw folder."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.raw import feedback
from python_ml.raw.feedback import (
    FINDINGS,
    HEADER,
    LONGEST_STOP,
    UnusableAnswerError,
    answer_line,
    append_answer,
    check_time_of_answer,
    parse_answer,
    read_answers,
)
from python_ml.seen.languages import CODES, load_language
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
        ({"end_time": "9999-12-31T00:00:00"}, "more than 31 days after start_time"),
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
    quoted = '"' + name.replace('"', '""') + '"'
    assert line.startswith((quoted + ";", name + ";"))
    assert line.endswith(";2026-11-20T07:00:00;2026-11-20T08:30:00;planned;fault_found;")


def test_an_answer_is_of_the_machine_as_its_fleet_writes_it_blanks_and_all(tmp_path: Path):
    settings = settings_in(tmp_path)
    append_answer(settings, parse_answer(GIVEN | {"machine_id": "m1   "}))
    day = date(2026, 11, 20)
    assert [answer.machine_id for answer in read_answers(settings, "m1   ", day)] == ["m1   "]
    assert read_answers(settings, "m1", day) == []


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


DAY = datetime(2026, 11, 20)
MINUTES = st.integers(-50 * 24 * 60, 50 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(start=MINUTES, length=MINUTES.map(abs), now=MINUTES)
def test_a_stop_that_is_taken_has_ended_and_began_on_a_day_with_a_plan(
    start: timedelta, length: timedelta, now: timedelta
):
    first, last = date(2026, 11, 10), date(2026, 11, 20)
    began, ended = DAY + start, DAY + start + length
    times = {"start_time": began.isoformat(), "end_time": ended.isoformat()}
    has_been = ended <= DAY + now and first <= began.date() <= last and length <= LONGEST_STOP
    try:
        answer = parse_answer(GIVEN | times)
        check_time_of_answer(answer, (first, last), now=DAY + now)
    except UnusableAnswerError as error:
        assert not has_been
        for code in CODES:
            load_language(code).text(f"answer_fault.{error.fault}", **error.values)
    else:
        assert has_been


def append(folder: Path, **changed: str) -> str:
    return append_answer(settings_in(folder), parse_answer(GIVEN | changed))


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_a_second_answer_takes_the_place_of_the_first_and_parts_stand_side_by_side(tmp_path: Path):
    path = tmp_path / append(tmp_path, finding="postponed")
    append(tmp_path, machine_id="m2")
    # It was done after all, later that day: the stop began at another time.
    append(tmp_path, start_time="2026-11-20T08:00:00", component="belt")
    append(tmp_path, start_time="2026-11-20T08:00:00", component="chain")
    append(tmp_path, start_time="2026-11-20T08:00:00", component="belt", finding="nothing_found")
    assert lines_of(path) == [
        HEADER,
        "m2;2026-11-20T07:00:00;2026-11-20T08:30:00;planned;fault_found;",
        "m1;2026-11-20T08:00:00;2026-11-20T08:30:00;planned;fault_found;chain",
        "m1;2026-11-20T08:00:00;2026-11-20T08:30:00;planned;nothing_found;belt",
    ]
    answers = read_answers(settings_in(tmp_path), "m1", date(2026, 11, 20))
    assert [answer.component for answer in answers] == ["chain", "belt"]
    assert read_answers(settings_in(tmp_path), "m1", date(2026, 11, 21)) == []


def test_an_answer_that_took_a_machine_out_for_ever_can_be_corrected(tmp_path: Path):
    path = tmp_path / append(tmp_path)
    path.write_text(f"{HEADER}\nm1;2026-11-20T07:00:00;9999-12-31T00:00:00;planned;fault_found;\n")
    append(tmp_path)
    assert lines_of(path) == [HEADER, answer_line(parse_answer(GIVEN))]


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf" + HEADER.encode() + b"\r\n"])
def test_an_empty_file_is_begun_anew(tmp_path: Path, content: bytes):
    path = tmp_path / "maintenance_events_answers_2026-11.csv"
    path.write_bytes(content)
    assert append(tmp_path) == path.name
    assert lines_of(path) == [HEADER, answer_line(parse_answer(GIVEN))]


@pytest.mark.parametrize(
    "content",
    [
        HEADER.encode() + "\nñandú;2026-11-20T07:00:00;;planned;;\n".encode("latin-1"),
        (HEADER + "\nm9;2026-11-20T07:00:00;;planned;;\n").encode("utf-16"),
        b"machine;start\nm1;2026-11-20\n",
    ],
)
def test_a_file_saved_in_another_form_stays_and_the_answer_goes_beside_it(
    tmp_path: Path, content: bytes
):
    spoilt = tmp_path / "maintenance_events_answers_2026-11.csv"
    spoilt.write_bytes(content)
    for machine in ("m1", "m2"):
        name = append(tmp_path, machine_id=machine)
        assert name == "maintenance_events_answers_2026-11_2.csv"
    assert spoilt.read_bytes() == content
    assert len(lines_of(tmp_path / name)) == 3


def test_the_lock_of_a_writer_that_died_is_taken_over(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(feedback, "DEAD_AFTER_S", 0.1)
    (tmp_path / ".maintenance_events_answers.owner").write_text("another-pod.7.7 1")
    append(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["maintenance_events_answers_2026-11.csv"]


def test_a_missing_raw_folder_is_one_clear_line(tmp_path: Path):
    with pytest.raises(InputError, match="check RAW_DATA_DIR"):
        append_answer(settings_in(tmp_path / "gone"), parse_answer(GIVEN))
