"""Log lines carry the run and the step, as text for people and as JSON for machines."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from python_ml.run.log_lines import CURRENT_RUN_ID, CURRENT_STEP, configure_logging

OURS, OF_A_LIBRARY = logging.getLogger("python_ml.any"), logging.getLogger("some_library")
Lines = Callable[[], list[str]]


@contextmanager
def process_of_a_run(level: str, log_format: str) -> Iterator[None]:
    """As in a process that begins: nobody has configured its logging yet."""
    loggers = [logging.getLogger(name) for name in ("python_ml", "arepas", "root")]
    levels = [logger.level for logger in loggers]
    run, step = CURRENT_RUN_ID.set("20261120-x"), CURRENT_STEP.set("score")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.root, "handlers", [])
        configure_logging(level, log_format)
        yield
    CURRENT_RUN_ID.reset(run)
    CURRENT_STEP.reset(step)
    for logger, before in zip(loggers, levels, strict=True):
        logger.setLevel(before)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Read what was written: all of it to standard error."""

    def read() -> list[str]:
        written = capsys.readouterr()
        assert written.out == ""
        return written.err.splitlines()

    return read


def test_people_read_text_with_the_run(lines: Lines):
    with process_of_a_run("INFO", "text"):
        OURS.info("scored %d rows", 3)
    [line] = lines()
    time, rest = line.split(" ", 1)
    assert len(time.split(":")) == 3
    assert rest == "INFO 20261120-x scored 3 rows"


def test_a_name_with_a_line_feed_leaves_a_message_one_line(lines: Lines):
    with process_of_a_run("INFO", "text"):
        OURS.warning("%s: sent nothing", "m\n1\x1b[2J")
    [line] = lines()
    assert line.endswith(r"20261120-x m\x0a1\x1b[2J: sent nothing")


def test_machines_read_json_with_the_run_and_the_step(lines: Lines):
    with process_of_a_run("INFO", "json"):
        OURS.warning('a "quoted" word\nand a second line')
        OF_A_LIBRARY.error("of others, too")
    ours, of_others = (json.loads(line) for line in lines())
    assert ours.pop("timestamp")
    assert ours == {
        "level": "WARNING",
        "name": "python_ml.any",
        "message": 'a "quoted" word\nand a second line',
        "run_id": "20261120-x",
        "step": "score",
    }
    assert (of_others["run_id"], of_others["step"]) == ("20261120-x", "score")


@pytest.mark.parametrize(
    ("level", "heard"),
    [("DEBUG", "debug info warning"), ("INFO", "info warning"), ("ERROR", "")],
)
def test_the_level_is_for_our_lines_and_other_libraries_only_warn(
    lines: Lines, level: str, heard: str
):
    with process_of_a_run(level, "text"):
        for name in ("debug", "info", "warning"):
            getattr(OURS, name)(name)
            getattr(OF_A_LIBRARY, name)(f"other_{name}")
    said = [line.split()[-1] for line in lines()]
    assert [name for name in said if not name.startswith("other")] == heard.split()
    assert [name for name in said if name.startswith("other")] == ["other_warning"]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_password_is_logged_whichever_library_says_it_and_in_no_traceback(
    lines: Lines, log_format: str
):
    address = "postgresql://me:hush-hush@db:5432/models"
    with process_of_a_run("DEBUG", log_format):
        OF_A_LIBRARY.error("retrying %s, %s", address, {"token": "hush-hush"})
        try:
            raise ConnectionError(f"{address} refused")
        except ConnectionError:
            OURS.debug("traceback", exc_info=True)
    written = "\n".join(lines())
    assert "hush-hush" not in written
    assert written.count("postgresql://***@db:5432/models") == 2
    assert "Traceback (most recent call last)" in written
