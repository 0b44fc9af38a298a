"""The console command `arepas`: one verb a command, arguments in, exit status out."""

import argparse
import inspect
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from python_ml.errors import ArepasError, InputError, one_line
from python_ml.run.lock import run_lock
from python_ml.run.log_lines import configure_logging
from python_ml.settings import (
    Settings,
    load_settings,
    load_settings_of_own,
    load_usable_settings,
    parse_count,
    parse_date,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Option:
    """An option of a verb.

    Attributes:
        flag: As it is typed.
        read: Makes a value of its text, or refuses it with an InputError.
        default: Its text where it is not given; None where it has to be.
        argument: The name of its value, where that is not the flag's own.
        help: What it means, where that is not plain.
    """

    flag: str
    read: Callable[[str], object] = str
    default: str | None = None
    argument: str = ""
    help: str | None = None

    @property
    def name(self) -> str:
        """The name of its text."""
        return self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True)
class Verb:
    """A row of the table.

    Attributes:
        name: As it is typed.
        help: What it does.
        calls: Module and function. The function is given what it names of `settings`, `as_of`,
            `run` and the options. One that names the run writes its own steps into it; any other
            is one step, with the rows that it returns. A path that it returns is told.
        options: Beside `--as-of`, which all have.
        reads: Module and function that make one `request` of all options, before anything is built.
        load: Loads the settings.
        takes_lock: Whether nobody else may be at work.
        starts_run: Whether it is a run, with a name and steps.
        builds_first: Whether the features are built before.
    """

    name: str
    help: str
    calls: str
    options: tuple[Option, ...] = ()
    reads: str | None = None
    load: Callable[[], Settings] = load_settings
    takes_lock: bool = True
    starts_run: bool = True
    builds_first: bool = False


def _day(name: str, text: str) -> date:
    day, today = parse_date(name, text), _today()
    if day > today:
        raise InputError(f"{name}={day} lies in the future (today is {today}); give a day up to it")
    return day


def _today() -> date:
    return date.today()  # noqa: DTZ011  (the kitchens' own day, told by the machine's zone)


def _morning(text: str) -> date:
    return _day("AS_OF", text) if text else _today()


def _needed(name: str, what: str, example: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            raise InputError(f"{name}= is missing: name the {what}, such as {name}={example}")
        return text

    return read


BUILD = "morning.build:build"
AS_OF = Option("--as-of", _morning, "", help="the morning, YYYY-MM-DD (default: today)")
AREPA_TYPE = Option("--arepa-type", _needed("AREPA_TYPE", "arepa type", "a1"))
MACHINE = Option("--machine", _needed("MACHINE", "machine", "k01-p1-m1"), "")
BACKFILL = (
    Option("--from", partial(parse_date, "FROM"), argument="first"),
    Option("--to", partial(_day, "TO"), argument="as_of"),
)
HOURLY = (
    *(Option(flag) for flag in ("--start", "--end", "--out")),
    *(Option(flag, default="") for flag in ("--kitchen", "--machine", "--phase")),
)
FLEET = (
    Option("--kitchens", partial(parse_count, "KITCHENS"), "10"),
    Option("--days", partial(parse_count, "DAYS"), "548"),
    Option("--seed", partial(parse_count, "SEED"), "7"),
)

# What a row calls is imported when it runs: MLflow and dbt take seconds to import, and
# `arepas --help` or a wrong date should not wait for them.
# fmt: off
VERBS = (
    Verb("daily", "the whole morning", "morning.standing:daily_unless_it_stands"),
    Verb("build", "load the raw files and build up to the features", BUILD),
    Verb("rebuild", "load the raw files and build everything anew, tests and all",
         "morning.build:rebuild"),
    Verb("restore", "recover what can be read of a damaged warehouse, and build the rest",
         "morning.restore:restore"),
    Verb("forget", "take the rows of a file back that is gone from the folder",
         "morning.build:build_without", (Option("--file"),)),
    Verb("train", "fit a challenger per arepa type",
         "lifecycle.train:train", builds_first=True),
    Verb("promote", "give the champion's alias to challengers that earned it",
         "lifecycle.promote:promote"),
    Verb("retrain", "train and promote, as the two-monthly job does",
         "lifecycle.retrain:retrain_alone", builds_first=True),
    Verb("retrain-if-due", "retrain before its time where models do worse or a gauge has drifted",
         "lifecycle.retrain:retrain_if_due", builds_first=True),
    Verb("backtest", "replay past trainings and say what their decisions cost",
         "lifecycle.train:backtest", builds_first=True),
    Verb("approve", "make the proposed version of a type its champion",
         "lifecycle.promote:approve", (AREPA_TYPE,)),
    Verb("rollback", "give the alias back to the previous champion of a type",
         "lifecycle.promote:rollback", (AREPA_TYPE,)),
    Verb("replay", "predict and decide a past morning again: equal, or what changed",
         "morning.replay:print_replays", (MACHINE,), builds_first=True),
    Verb("backfill", "score and plan past days", "morning.daily:backfill", BACKFILL),
    Verb("orders", "write the morning's stops as work orders, each once",
         "morning.orders:orders"),
    Verb("hourly", "write the hourly averaged training data set",
         "morning.hourly:hourly", HOURLY, reads="morning.hourly:parse_request", builds_first=True),
    Verb("pull", "bring what is new of databases and shares into the raw folder",
         "morning.pull:pull", load=load_settings_of_own, starts_run=False),
    Verb("demo-data", "write the raw files of a simulated fleet",
         "demo.files:demo_data", FLEET, load=load_settings_of_own, starts_run=False),
    Verb("spark-build", "load and build up to the features on the Spark target",
         "spark.build:build"),
    Verb("spark-train", "fit challengers on the Spark target's executors", "spark.train:train"),
    Verb("spark-score", "predict on the Spark target's executors", "spark.score:score"),
    Verb("compare-spark", "the same raw files through DuckDB and Spark",
         "spark.compare:compare", starts_run=False),
    Verb("freshness", "how old the newest delivery of each kind of file is",
         "morning.freshness:freshness", starts_run=False),
    Verb("docs", "write the dbt docs page", "morning.docs:write_docs", starts_run=False),
    Verb("doctor", "say what is set, reachable, writable, and fits together",
         "morning.doctor:doctor", load=load_usable_settings, takes_lock=False, starts_run=False),
    Verb("serve", "the prediction endpoint",
         "serving.serve:serve", takes_lock=False, starts_run=False),
    Verb("mlflow", "MLflow's own page on the configured store, on loopback",
         "serving.mlflow_page:mlflow_page",
         (Option("--port", partial(parse_count, "MLFLOW_PORT"), "5000"),),
         takes_lock=False, starts_run=False),
    Verb("site", "write the site from what is published", "seen.site:build_site", starts_run=False),
    Verb("parquet", "write what is published as Parquet files, too",
         "morning.publish:publish_parquet", starts_run=False),
    Verb("report", "run the daily report on what is published",
         "seen.report:daily_report", (Option("--kitchen", default=""),), starts_run=False),
)
# fmt: on


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0 done, 1 failed, 2 unusable input, 3 partly done."""
    options = _parser().parse_args(arguments)
    verb: Verb = options.verb
    try:
        given = {"settings": _load_settings(verb), **_read_options(verb, options)}
        with run_lock(given["settings"], verb.name) if verb.takes_lock else nullcontext():
            _run(verb, given)
    except KeyboardInterrupt:
        logger.error("interrupted; run again, nothing is half done")
        return 1
    except Exception as error:
        is_ours = isinstance(error, ArepasError)
        logger.error("%s%s", one_line(error), "" if is_ours else " (LOG_LEVEL=DEBUG shows where)")
        logger.debug("traceback", exc_info=True)
        return error.exit_status if is_ours else 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="arepas", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="verb")
    for verb in VERBS:
        row = verbs.add_parser(verb.name, help=verb.help)
        row.set_defaults(verb=verb)
        for option in (AS_OF, *verb.options):
            needed = option.default is None
            row.add_argument(option.flag, required=needed, default=option.default, help=option.help)
    return parser


def _load_settings(verb: Verb) -> Settings:
    """Load the settings; what is wrong with one is said in the form that the others ask for."""
    try:
        settings = verb.load()
    except InputError:
        usable = load_usable_settings()
        configure_logging(usable.log_level, usable.log_format)
        raise
    configure_logging(settings.log_level, settings.log_format)
    return settings


def _read_options(verb: Verb, options: argparse.Namespace) -> dict[str, Any]:
    """Make the values of the options, by the names that functions give them."""
    given = {
        option.argument or option.name: option.read(getattr(options, option.name))
        for option in (AS_OF, *verb.options)
    }
    return given if verb.reads is None else {**given, "request": _find(verb.reads)(given)}


def _run(verb: Verb, given: Mapping[str, Any]) -> None:
    if not verb.starts_run:
        told = _call(verb.calls, given)
        if isinstance(told, Path):
            logger.info("wrote %s", told)
        return
    from python_ml.run.record import start_run

    with start_run(given["settings"], given["as_of"]) as run:
        if verb.builds_first:
            _call(BUILD, {**given, "run": run})
        if "run" in _names(verb.calls):
            _call(verb.calls, {**given, "run": run})
        else:
            with run.step(verb.name) as step:
                step.row_count = _count(_call(verb.calls, given))
        # What the build let pass, a file that cannot be read, is no reason to end before the rest.
        run.raise_problems()


def _call(place: str, given: Mapping[str, Any]) -> object:
    """Call a function with what it names of what is given."""
    return _find(place)(**{name: given[name] for name in _names(place) if name in given})


def _names(place: str) -> Sequence[str]:
    return tuple(inspect.signature(_find(place)).parameters)


def _find(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    return getattr(import_module(f"python_ml.{module}"), name)


def _count(told: object) -> int | None:
    """The rows of a step: their number, or how many things it lists; None where it tells none."""
    return len(told) if isinstance(told, list) else told if isinstance(told, int) else None


if __name__ == "__main__":
    sys.exit(main())
