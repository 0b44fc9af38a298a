"""The table of verbs: what each row promises, and how a verb ends."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from python_ml import cli
from python_ml.cli import MACHINE, VERBS, Verb, main
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.run.lock import run_lock
from python_ml.run.record import Run
from python_ml.seen.published import TABLES
from python_ml.settings import PROJECT_DIR, Settings
from tests.conftest import Workspace
from tests.published_fleet import PublishedFleet, write_published

ErrorOf = Callable[[], str]
Functions = dict[str | None, Callable[..., object]]
Put = Callable[[Functions], None]

TOOLS = Path(sys.executable).parent
NAMES = [verb.name for verb in VERBS]
# A verb that may ask the registry, and one that may run dbt.
WITH_MLFLOW = {
    *(
        "daily",
        "train",
        "promote",
        "retrain",
        "retrain-if-due",
        "backtest",
        "approve",
        "rollback",
        "replay",
    ),
    *("backfill", "spark-train", "spark-score", "compare-spark", "serve", "mlflow"),
}
WITH_DBT = {
    "build",
    "rebuild",
    "restore",
    "forget",
    "spark-build",
    "freshness",
    "docs",
    *WITH_MLFLOW,
}
HEAVY = {"mlflow", "dbt", "duckdb", "pandas", "sklearn", "fastapi"}
WHAT_IS_IMPORTED = """
import json, sys
from importlib import import_module
from python_ml.cli import main

for kind, things in json.load(sys.stdin):
    try:
        ended = main(things) if kind == "run" else [import_module(thing) for thing in things] and 0
    except SystemExit as exit:
        ended = exit.code
    print("\\n" + json.dumps([ended, sorted(sys.modules)]))
"""


TEXTS = {
    "--from": "2020-11-04",
    "--to": "2020-11-05",
    "--start": "2020-11-04T00:00:00",
    "--end": "2020-11-05T00:00:00",
}


def arguments_of(verb: Verb) -> list[str]:
    """A command line with all that the verb must be given."""
    needed = [option.flag for option in verb.options if option.default is None or option is MACHINE]
    return [verb.name, *(part for flag in needed for part in (flag, TEXTS.get(flag, "name")))]


def row_of(name: str) -> Verb:
    return next(verb for verb in VERBS if verb.name == name)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A folder for verbs that need nothing built."""
    return Workspace(tmp_path)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put functions of the test behind the table's names of functions."""

    def put_behind(functions: Functions) -> None:
        monkeypatch.setattr(cli, "_find", functions.__getitem__)

    return put_behind


# What stands in the table


def test_each_verb_has_help_and_a_name_of_its_own(capsys: pytest.CaptureFixture[str]):
    assert len(set(NAMES)) == len(NAMES)
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    for verb in VERBS:
        assert f" {verb.name} {verb.help}" in said


@pytest.mark.parametrize("arguments", [[], ["no-verb"], ["build", "--no-option"], ["approve"]])
def test_what_is_no_verb_or_lacks_an_option_is_a_usage_error(arguments: list[str]):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def parameters_of(place: str) -> tuple[set[str], set[str]]:
    """All parameters of a function, and those without a default; read, not imported."""
    module, _, name = place.partition(":")
    tree = ast.parse((PROJECT_DIR / "python_ml" / f"{module.replace('.', '/')}.py").read_text())
    arguments = next(
        node.args for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    )
    positional = [argument.arg for argument in arguments.args]
    needed = positional[: len(positional) - len(arguments.defaults)]
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    needed += [argument.arg for argument, default in keywords if default is None]
    return {*positional, *(argument.arg for argument in arguments.kwonlyargs)}, set(needed)


@pytest.mark.parametrize("verb", VERBS, ids=NAMES)
def test_each_verb_calls_a_function_that_takes_what_the_row_gives(verb: Verb):
    options = {option.argument or option.name for option in verb.options}
    named, needed = parameters_of(verb.calls)
    given = {"settings", "as_of", *({"run"} if verb.starts_run else ())}
    if verb.reads is None:
        assert options - {"as_of"} <= named, "an option is read and never used"
        given |= options
    else:
        assert parameters_of(verb.reads)[1] == {"given"}
        given |= {"request"}
    assert needed <= given
    assert "settings" in named


def test_every_verb_that_make_runs_stands_in_the_table():
    makefile = (PROJECT_DIR / "Makefile").read_text()
    run = {
        words[words.index(program) + 1]
        for words in (line.split() for line in makefile.splitlines())
        for program in ("@$(RUN)", ".venv-spark/bin/arepas", ".venv-pull/bin/arepas")
        if program in words
    }
    assert run == set(NAMES)


def test_bare_make_lists_every_verb_once_in_groups_what_people_use_first_at_the_top():
    listed = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    head, *groups = listed.stdout.rstrip().split("\n\n")
    assert head.startswith("make VERB")
    lines = [line for group in groups for line in group.splitlines()[1:]]
    verbs = [line.split()[0] for line in lines]
    makefile = (PROJECT_DIR / "Makefile").read_text()
    assert verbs[:2] == ["daily", "retrain"]
    assert sorted(verbs) == sorted(set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M)) - {"help"})
    assert len({re.match(r" +\S+ +", line).end() for line in lines}) == 1, "aligned"
    assert max(map(len, listed.stdout.splitlines())) <= 110


def imported_by(*asked: tuple[str, list[str]]) -> list[tuple[int, set[str]]]:
    """How each thing ended in a fresh process, and all that was imported by then."""
    done = subprocess.run(
        [sys.executable, "-c", WHAT_IS_IMPORTED],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(answers) == len(asked), done.stderr
    return [(ended, {name.partition(".")[0] for name in names}) for ended, names in answers]


def test_help_and_a_wrong_day_answer_without_waiting_for_imports():
    wrong = [[*arguments_of(verb), "--as-of", "yesterday"] for verb in VERBS]
    answers = imported_by(("run", ["--help"]), *(("run", arguments) for arguments in wrong))
    assert [ended for ended, _ in answers] == [0, *(2 for _ in VERBS)]
    assert answers[-1][1] & HEAVY == set()


@pytest.mark.slow
def test_a_verb_imports_mlflow_and_dbt_only_where_it_needs_them():
    def modules(names: set[str]) -> list[str]:
        calls = {verb.calls.partition(":")[0] for verb in VERBS if verb.name in names}
        return [f"python_ml.{module}" for module in sorted(calls)]

    wrong = ["hourly", "--start", "noon", "--end", "2020-11-05T00:00:00", "--out", "x"]
    light, refused, middle = imported_by(
        ("import", modules(set(NAMES) - WITH_DBT)),
        ("run", wrong),
        ("import", modules(set(NAMES) - WITH_MLFLOW)),
    )
    assert light[1] & {"mlflow", "dbt"} == set()
    assert refused[0] == 2
    assert refused[1] & {"mlflow", "dbt"} == set()
    assert "dbt" in middle[1]
    assert "mlflow" not in middle[1]


# What is the same for all of them


@pytest.mark.parametrize("verb", VERBS, ids=NAMES)
def test_a_day_in_the_future_is_refused_by_every_verb(
    place: Workspace, put: Put, error_of: ErrorOf, verb: Verb
):
    put({})
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011
    assert place.arepas(*arguments_of(verb), "--as-of", tomorrow) == 2
    assert f"AS_OF={tomorrow} lies in the future" in error_of()
    assert list(place.folder.iterdir()) == []


def test_a_back_fill_ends_with_the_day_of_its_to(place: Workspace, error_of: ErrorOf):
    assert place.arepas("backfill", "--from", "2020-11-04", "--to", "2999-01-01") == 2
    assert "TO=2999-01-01 lies in the future" in error_of()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["approve", "--arepa-type", ""], "AREPA_TYPE= is missing: name the arepa type, such as"),
        (["rollback", "--arepa-type", ""], "AREPA_TYPE= is missing"),
        (["replay"], "MACHINE= is missing: name the machine, such as MACHINE=k01-p1-m1"),
        (["backfill", "--from", "", "--to", ""], "FROM='' is not a day"),
        (["demo-data", "--kitchens", "0"], "KITCHENS='0': give a whole number"),
        (["demo-data", "--days", "many"], "DAYS='many': give a whole number"),
        (["hourly", "--start", "", "--end", "", "--out", ""], "OUT= is missing"),
    ],
)
def test_an_option_that_says_nothing_usable_is_named_before_anything_is_done(
    place: Workspace, error_of: ErrorOf, arguments: list[str], said: str
):
    assert place.arepas(*arguments) == 2
    assert said in error_of()
    assert list(place.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ArepasError("no room\nmake some"), 1, "no room make some"),
        (InputError("k1.csv: no column"), 2, "k1.csv: no column"),
        (PartlyDoneError("no model for a2"), 3, "no model for a2"),
        (KeyError("title"), 1, "KeyError: 'title' (LOG_LEVEL=DEBUG shows where)"),
        (OSError("a\n b"), 1, "OSError: a b (LOG_LEVEL=DEBUG shows where)"),
        (KeyboardInterrupt(), 1, "interrupted; run again, nothing is half done"),
    ],
)
def test_every_error_is_one_line_with_its_exit_status(
    place: Workspace, put: Put, error_of: ErrorOf, error: BaseException, status: int, said: str
):
    def fail() -> None:
        raise error

    put({row_of("site").calls: fail})
    assert place.arepas("site") == status
    assert error_of() == said


def test_debug_shows_where_an_error_was(
    place: Workspace, put: Put, caplog: pytest.LogCaptureFixture
):
    def fail_here() -> None:
        raise KeyError("title")

    put({row_of("site").calls: fail_here})
    with caplog.at_level("DEBUG", "python_ml"):
        assert place.arepas("site", LOG_LEVEL="DEBUG") == 1
    assert "in fail_here" in caplog.text


def test_a_setting_that_cannot_be_used_is_told_as_json_where_that_is_asked_for():
    variables = os.environ | {"LOG_FORMAT": "json", "HORIZON_DAYS": "soon"}
    command = [TOOLS / "arepas", "build"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert json.loads(done.stderr)["message"].startswith("HORIZON_DAYS='soon'")


@pytest.mark.parametrize("verb", VERBS, ids=NAMES)
def test_a_verb_takes_the_lock_where_its_row_says_so(
    place: Workspace, put: Put, error_of: ErrorOf, verb: Verb
):
    put({cli.BUILD: lambda: None, verb.calls: lambda: None, verb.reads: lambda _: None})
    with run_lock(place.settings(), "another"):
        status = place.arepas(*arguments_of(verb))
    if verb.takes_lock:
        assert status == 1
        assert "another run is at work" in error_of()
    else:
        assert status == 0


def test_only_what_looks_and_what_serves_goes_on_beside_a_run():
    assert {verb.name for verb in VERBS if not verb.takes_lock} == {"doctor", "mlflow", "serve"}


# How a run is put together


def steps_of(place: Workspace) -> list[tuple[object, ...]]:
    return place.rows("select step, status, row_count from ml.runs order by started_at")


def build(settings: Settings, run: Run) -> None:
    with run.step("build"):
        assert settings.warehouse_path.exists()


@pytest.mark.parametrize(("told", "row_count"), [(["a1", "a2"], 2), (5, 5), (None, None)])
def test_what_knows_no_run_is_one_step_of_one_after_the_build(
    place: Workspace, put: Put, told: object, row_count: int | None
):
    def train(settings: Settings, *, as_of: date) -> object:
        assert (settings.raw_data_dir, as_of) == (place.raw, date(2020, 11, 5))
        return told

    put({cli.BUILD: build, row_of("train").calls: train})
    with Warehouse(place.warehouse):
        pass
    assert place.arepas("train", "--as-of", "2020-11-05") == 0
    assert steps_of(place) == [("build", "done", None), ("train", "done", row_count)]


def test_what_knows_its_run_writes_its_own_steps(place: Workspace, put: Put):
    def backfill(settings: Settings, run: Run, *, first: date) -> None:
        with run.step("score") as step:
            step.row_count = (run.as_of - first).days
        raise PartlyDoneError("no model for a2")

    put({row_of("backfill").calls: backfill})
    with Warehouse(place.warehouse):
        pass
    assert place.arepas("backfill", "--from", "2020-11-01", "--to", "2020-11-05") == 3
    assert steps_of(place) == [("score", "done", 4)]


def test_the_day_is_today_where_none_is_said(place: Workspace, put: Put):
    seen: list[date] = []
    put({row_of("site").calls: lambda as_of: seen.append(as_of)})
    before = date.today()  # noqa: DTZ011
    assert place.arepas("site") == place.arepas("site", "--as-of", "") == 0
    assert before <= seen[0] <= seen[1] <= date.today()  # noqa: DTZ011


def test_a_page_that_was_written_is_told(place: Workspace, caplog: pytest.LogCaptureFixture):
    write_published(place.bi, PublishedFleet(date(2026, 11, 20), 1, 2, days=3))
    with caplog.at_level("INFO", "python_ml"):
        assert place.arepas("site", "--as-of", "2026-11-20") == 0
        assert place.arepas("parquet") == 0
    assert f"wrote {place.folder / 'public' / 'index.html'}" in caplog.text
    assert f"wrote {len(TABLES)} tables to {place.bi.with_suffix('')}" in caplog.text
