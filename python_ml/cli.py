"""The console command `arepas`: one verb a command, arguments in, exit status out."""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.run.lock import run_lock
from python_ml.run.log_lines import configure_logging
from python_ml.settings import (
    Settings,
    load_settings,
    load_usable_settings,
    parse_count,
    parse_date,
)

logger = logging.getLogger(__name__)

Verb = Callable[[Settings, argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0 done, 1 failed, 2 unusable input, 3 partly done."""
    options = _parser().parse_args(arguments)
    try:
        settings = _load_settings(options)
        with run_lock(settings, options.verb) if options.takes_lock else nullcontext():
            options.run(settings, options)
    except ArepasError as error:
        logger.error("%s", " ".join(str(error).split()))
        logger.debug("traceback", exc_info=True)
        return error.exit_status
    except KeyboardInterrupt:
        logger.error("interrupted; run again, nothing is half done")
        return 1
    except Exception as error:
        logger.error(
            "%s: %s (LOG_LEVEL=DEBUG shows where)",
            type(error).__name__,
            " ".join(str(error).split()),
        )
        logger.debug("traceback", exc_info=True)
        return 1
    return 0


def _load_settings(options: argparse.Namespace) -> Settings:
    """Load the settings; what is wrong with one is said in the form that the others ask for."""
    try:
        settings = options.load()
    except InputError:
        usable = load_usable_settings()
        configure_logging(usable.log_level, usable.log_format)
        raise
    configure_logging(settings.log_level, settings.log_format)
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="arepas", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")

    def add(name: str, run: Verb, help_text: str) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, help=help_text)
        verb.add_argument("--as-of", default="", help="the morning, YYYY-MM-DD (default: today)")
        verb.set_defaults(run=run, takes_lock=True, load=load_settings)
        return verb

    add("daily", _daily, "the whole morning")
    add("build", _build, "load the raw files and build up to the features")
    add("rebuild", _rebuild, "load the raw files and build everything anew, tests and all")
    forget = add("forget", _forget, "take the rows of a file back that is gone from the folder")
    forget.add_argument("--file", required=True)
    add("train", _train, "fit a challenger per arepa type")
    add("promote", _promote, "give the champion's alias to challengers that earned it")
    add("retrain", _retrain, "train and promote, as the two-monthly job does")
    add("backtest", _backtest, "replay past trainings and say what their decisions cost")
    for name, run, help_text in (
        ("approve", _approve, "make the proposed version of a type its champion"),
        ("rollback", _rollback, "give the alias back to the previous champion of a type"),
    ):
        add(name, run, help_text).add_argument("--arepa-type", required=True)
    replay = add("replay", _replay, "predict a past morning again: equal, or what changed")
    replay.add_argument("--machine", default="")
    backfill = add("backfill", _backfill, "score and plan past days")
    backfill.add_argument("--from", dest="first", required=True)
    backfill.add_argument("--to", dest="last", required=True)
    hourly = add("hourly", _hourly, "write the hourly averaged training data set")
    hourly.add_argument("--start", required=True)
    hourly.add_argument("--end", required=True)
    hourly.add_argument("--out", required=True)
    hourly.add_argument("--kitchen", default="")
    hourly.add_argument("--machine", default="")
    hourly.add_argument("--phase", default="")
    demo = add("demo-data", _demo_data, "write the raw files of a simulated fleet")
    demo.add_argument("--kitchens", default="10")
    demo.add_argument("--days", default="548")
    demo.add_argument("--seed", default="7")
    add("spark-build", _spark_build, "load and build up to the features on the Spark target")
    add("spark-train", _spark_train, "fit challengers on the Spark target's executors")
    add("spark-score", _spark_score, "predict on the Spark target's executors")
    add("compare-spark", _compare_spark, "the same raw files through DuckDB and Spark")
    add("freshness", _freshness, "how old the newest delivery of each kind of file is")
    add("docs", _docs, "write the dbt docs page")
    add("doctor", _doctor, "say what is set, reachable, writable, and fits together").set_defaults(
        takes_lock=False, load=load_usable_settings
    )
    add("serve", _serve, "the prediction endpoint").set_defaults(takes_lock=False)
    add("site", _site, "write the site from what is published")
    add("parquet", _parquet, "write what is published as Parquet files, too")
    report = add("report", _report, "run the daily report on what is published")
    report.add_argument("--kitchen", default="")
    return parser


# The verbs import what they need when they run: MLflow and dbt take seconds to import, and
# `arepas --help` or a wrong date should not wait for them.


def _daily(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.morning.daily import daily
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        daily(settings, run)


def _build(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run)


def _rebuild(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run, from_scratch=True)


def _forget(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.morning.build import build
    from python_ml.raw.forget import forget
    from python_ml.raw.load import purge_replaced
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        forget(settings, options.file)
        build(settings, run)
        purge_replaced(settings)


def _train(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.lifecycle.train import train
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run)
        with run.step("train") as step:
            step.row_count = len(train(settings, as_of=as_of))


def _promote(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.lifecycle.promote import promote
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run, run.step("promote") as step:
        step.row_count = len(promote(settings, as_of=as_of))


def _retrain(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.lifecycle.retrain import retrain
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run)
        retrain(settings, run)
        if run.problems:
            raise PartlyDoneError("; ".join(run.problems))


def _approve(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.lifecycle.promote import approve
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run, run.step("approve"):
        approve(settings, arepa_type=_arepa_type(options), as_of=as_of)


def _rollback(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.lifecycle.promote import rollback
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run, run.step("rollback"):
        rollback(settings, arepa_type=_arepa_type(options), as_of=as_of)


def _arepa_type(options: argparse.Namespace) -> str:
    if not options.arepa_type:
        raise InputError("AREPA_TYPE= is missing: name the arepa type, such as AREPA_TYPE=a1")
    return options.arepa_type


def _backtest(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.lifecycle.train import backtest
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run)
        with run.step("backtest") as step:
            step.row_count = backtest(settings, as_of=as_of)


def _replay(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    if not options.machine:
        raise InputError("MACHINE= is missing: name the machine, such as MACHINE=k01-p1-m1")
    from python_ml.lifecycle.replay import replay
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run)
        with run.step("replay") as step:
            replays = replay(settings, machine_id=options.machine, as_of=as_of)
            step.row_count = len(replays)
    sys.stdout.writelines(f"{replayed}\n" for replayed in replays)


def _backfill(settings: Settings, options: argparse.Namespace) -> None:
    first, last = parse_date("FROM", options.first), parse_date("TO", options.last)
    last = _not_in_future("TO", last)
    from python_ml.morning.daily import backfill
    from python_ml.run.record import start_run

    with start_run(settings, last) as run:
        backfill(settings, run, first=first)


def _hourly(settings: Settings, options: argparse.Namespace) -> None:
    from python_ml.morning.hourly import HourlyRequest, hourly, parse_time

    as_of = _as_of(options)
    if not options.out:
        raise InputError("OUT= is missing: name the file to write, such as OUT=hourly.csv")
    if options.phase not in {"", "1", "2", "3"}:
        raise InputError(f"PHASE={options.phase!r}: phases are 1, 2 and 3")
    request = HourlyRequest(
        start=parse_time("START", options.start),
        end=parse_time("END", options.end),
        kitchen=options.kitchen or None,
        machine=options.machine or None,
        phase=int(options.phase) if options.phase else None,
    )
    from python_ml.morning.build import build
    from python_ml.run.record import start_run

    with start_run(settings, as_of) as run:
        build(settings, run)
        with run.step("hourly") as step:
            row_count = hourly(settings, request, Path(options.out).absolute())
            step.row_count = row_count
    logger.info("wrote %d hourly rows to %s", row_count, options.out)


def _demo_data(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.demo.files import DemoFleet, write_demo_data

    kitchens = parse_count("KITCHENS", options.kitchens)
    days = parse_count("DAYS", options.days)
    seed = parse_count("SEED", options.seed)
    fleet = DemoFleet(kitchens, seed, settings.metrics, as_of - timedelta(days=days))
    write_demo_data(settings, fleet, as_of=as_of)


def _spark_build(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.run.record import start_run
    from python_ml.spark.build import spark_build
    from python_ml.spark.warehouse import SparkWarehouse

    with start_run(settings, as_of) as run, SparkWarehouse(settings) as spark:
        spark_build(settings, spark, run_id=run.run_id, as_of=as_of)


def _spark_train(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.run.record import start_run
    from python_ml.spark.train import train_on_spark
    from python_ml.spark.warehouse import SparkWarehouse

    with start_run(settings, as_of), SparkWarehouse(settings) as spark:
        train_on_spark(settings, spark, as_of=as_of)


def _spark_score(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.run.record import start_run
    from python_ml.spark.train import load_live_models, score_on_spark
    from python_ml.spark.warehouse import SparkWarehouse

    with start_run(settings, as_of) as run:
        models = load_live_models(settings, as_of=as_of)
        with SparkWarehouse(settings) as spark:
            without_model = score_on_spark(
                settings, spark, models, run_id=run.run_id, mornings=(as_of, as_of)
            )
    if without_model:
        raise PartlyDoneError(
            f"no model for {', '.join(without_model)}; run `make spark-train` when there is enough"
            " history"
        )


def _compare_spark(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.spark.compare import compare_spark

    compare_spark(settings, as_of=as_of)


def _freshness(settings: Settings, options: argparse.Namespace) -> None:
    from python_ml.engines.transform import Transformer, duckdb_engine

    Transformer(settings, duckdb_engine(settings)).check_freshness()
    logger.info("every kind of raw file was delivered within its limit")


def _docs(settings: Settings, options: argparse.Namespace) -> None:
    from python_ml.engines.transform import Transformer, duckdb_engine
    from python_ml.seen.site import DOCS

    page = settings.public_dir / DOCS
    page.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Transformer(settings, duckdb_engine(settings)).build_docs(), page)
    logger.info("wrote %s", page)


def _serve(settings: Settings, _: argparse.Namespace) -> None:
    from python_ml.serving.serve import serve

    serve(settings)


def _doctor(settings: Settings, options: argparse.Namespace) -> None:
    from python_ml.morning.doctor import doctor

    doctor(settings, os.environ, today=_as_of(options))


def _site(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.seen.site import build_site

    logger.info("wrote %s", build_site(settings, as_of=as_of))


def _parquet(settings: Settings, _: argparse.Namespace) -> None:
    from python_ml.engines.warehouse import write_parquet_copies

    folder = settings.bi_path.with_suffix("")
    logger.info("wrote %d tables to %s", write_parquet_copies(settings.bi_path, folder), folder)


def _report(settings: Settings, options: argparse.Namespace) -> None:
    as_of = _as_of(options)
    from python_ml.seen.report import DAILY_REPORT, run_report

    parameters = {"as_of": as_of.isoformat(), "kitchen": options.kitchen}
    logger.info("wrote %s", run_report(settings, DAILY_REPORT, as_of=as_of, parameters=parameters))


def _as_of(options: argparse.Namespace) -> date:
    if not options.as_of:
        return date.today()  # noqa: DTZ011  (the kitchens' own day, told by the machine's zone)
    return _not_in_future("AS_OF", parse_date("AS_OF", options.as_of))


def _not_in_future(name: str, day: date) -> date:
    today = date.today()  # noqa: DTZ011
    if day > today:
        raise InputError(f"{name}={day} lies in the future (today is {today}); give a day up to it")
    return day


if __name__ == "__main__":
    sys.exit(main())
