"""`make bench-ingest`: does a day cost a day, and a year in one go less than a year of days."""

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.ingest.fleet import cut_to_days, simulate_up_to
from benchmarks.ingest.layout import write_in_other_form
from benchmarks.ingest.measure import Cost, Place, run_module, run_verb
from benchmarks.raw_to_features.measure import call

LAST_DAY = date(2026, 3, 15)
YEARS_OF_DAYS, FEW_DAYS, BACKFILLED_DAYS = 3 * 365, 30, 365
TRAINED_DAYS_AGO = 470
TAGS_A_READING = 3  # of the long form: the lot and two metrics
OWN_FORM, WIDE_FORM = "in our own form", "through a layout"
LONG_FORM, BARE_FORM = "of a row a tag and time", "of them by one bare query"
LONG, SHORT = "after three years", "after 30 days"

Measured = dict[str, list[Cost]]


def main() -> None:
    """Measure what was asked for and print the ratios."""
    parser = argparse.ArgumentParser(prog="make bench-ingest", description=__doc__)
    parser.add_argument("--kitchens", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3, help="mornings of each kind")
    parser.add_argument("--readings", type=int, default=20_000_000, help="of the full rebuild")
    parser.add_argument("--layout-readings", type=int, default=5_000_000, help="of the layouts")
    parser.add_argument(
        "--parts",
        default="mornings,backfill,rebuild,layouts",
        help="what to measure; `loads` is `layouts` without their builds",
    )
    parser.add_argument("--out", default="", help="a Markdown file to write, with JSON beside it")
    options = parser.parse_args()
    parts = options.parts.split(",")
    measured: Measured = {}
    with tempfile.TemporaryDirectory(prefix="arepas-bench-ingest-") as name:
        folder = Path(name)
        if "mornings" in parts or "backfill" in parts:
            histories = _Histories(folder, options.kitchens)
            if "backfill" in parts:
                measured |= _measure_backfill(histories)
            if "mornings" in parts:
                measured |= _measure_mornings(histories, options.repeats)
        if "rebuild" in parts:
            measured |= _measure_rebuild(folder / "large", options.readings)
        if "layouts" in parts or "loads" in parts:
            measured |= _measure_layouts(
                folder / "foreign",
                options.layout_readings,
                options.repeats,
                is_built="layouts" in parts,
            )
    report = render_report(measured)
    print(f"\n{report}")
    if options.out:
        path = Path(options.out)
        path.write_text(report)
        costs = {what: [asdict(cost) for cost in runs] for what, runs in measured.items()}
        path.with_suffix(".json").write_text(json.dumps(costs, indent=1))


class _Histories:
    """Two workspaces that differ only in how far their past reaches, and the next day's files."""

    def __init__(self, folder: Path, kitchens: int) -> None:
        self.folder = folder
        print(f"simulating {kitchens} kitchens for three years", flush=True)
        fleet = folder / "fleet"
        simulate_up_to(LAST_DAY, YEARS_OF_DAYS + 1, kitchens, fleet)
        yesterday = LAST_DAY - timedelta(days=1)
        for kind, days in ((LONG, YEARS_OF_DAYS), (SHORT, FEW_DAYS)):
            first = LAST_DAY - timedelta(days=days)
            cut_to_days(fleet, first, yesterday, self.raw(kind))
            cut_to_days(fleet, first, LAST_DAY, self.raw(kind, next_day=True))
        shutil.rmtree(fleet)
        trained = LAST_DAY - timedelta(days=TRAINED_DAYS_AGO)
        print("training and promoting on the long history", flush=True)
        for verb in ("train", "promote"):
            run_verb(self.place(LONG), verb, "--as-of", str(trained))

    def raw(self, kind: str, *, next_day: bool = False) -> Path:
        """The raw files of a history."""
        return self.folder / f"raw {kind}{' and a day' if next_day else ''}"

    def place(self, kind: str) -> Place:
        """The workspace of a history; both use the same models."""
        return Place(self.folder / kind, self.raw(kind), self.folder / "artifacts")

    def copy(self, kind: str) -> Place:
        """A copy of a workspace to which the next day's files have come."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.place(kind).folder, copy)
        return Place(copy, self.raw(kind, next_day=True), self.folder / "artifacts")


def _measure_backfill(histories: _Histories) -> Measured:
    """A year of mornings scored in one go beside a full rebuild of everything."""
    print("a full rebuild and a back-fill of 365 days", flush=True)
    last = LAST_DAY
    first = last - timedelta(days=BACKFILLED_DAYS - 1)
    place = histories.place(LONG)
    rebuild = run_verb(place, "rebuild", "--as-of", str(last))
    backfill = run_verb(place, "backfill", "--from", str(first), "--to", str(last))
    return {"full rebuild, three years": [rebuild], "back-fill of 365 days": [backfill]}


def _measure_mornings(histories: _Histories, repeats: int) -> Measured:
    """The same morning in both workspaces, in turn, each time in a copy."""
    first = LAST_DAY - timedelta(days=TRAINED_DAYS_AGO - 1)
    backfill = ("backfill", "--from", str(first), "--to", str(LAST_DAY))
    run_verb(histories.place(LONG), *backfill)
    short = histories.place(SHORT)
    short.folder.mkdir()
    shutil.copy(histories.place(LONG).folder / "mlflow.db", short.folder)
    run_verb(short, "daily", "--as-of", str(LAST_DAY))
    runs: Measured = {f"the morning {kind}": [] for kind in (LONG, SHORT)}
    morning = str(LAST_DAY + timedelta(days=1))
    for repeat in range(repeats):
        for kind in (LONG, SHORT) if repeat % 2 else (SHORT, LONG):
            cost = run_verb(histories.copy(kind), "daily", "--as-of", morning)
            runs[f"the morning {kind}"].append(cost)
            print(f"{repeat + 1}/{repeats} {kind}: {cost}", flush=True)
    return runs


def _measure_rebuild(folder: Path, readings: int) -> Measured:
    """From raw files to features, a full rebuild of that, and DuckDB's read_csv beside the load."""
    print(f"making a fleet of at least {readings:,} readings", flush=True)
    fleet = json.loads(call("fleet", str(readings)))
    place = Place(folder, Path(fleet["folder"]), folder / "artifacts")
    count = f"{fleet['readings'] / 1e6:.0f} M readings"
    measured = {
        f"load and first build, {count}": [run_verb(place, "build", "--as-of", fleet["as_of"])],
        f"full rebuild, {count}": [run_verb(place, "rebuild", "--as-of", fleet["as_of"])],
    }
    shutil.rmtree(folder)
    for module, step in (("load_alone", "load"), ("read_csv", "guessed"), ("read_csv", "told")):
        package = "ingest" if module == "load_alone" else "raw_to_features"
        out = folder / module / "features.parquet"
        if not out.with_name("steps.json").exists():
            arguments = [
                f"benchmarks.{package}.{module}",
                fleet["folder"],
                fleet["as_of"],
                str(out),
            ]
            run_module(arguments, {}, out.parent)
        taken = json.loads(out.with_name("steps.json").read_text())[step]
        what = "arepas load" if step == "load" else f"read_csv, types {step}"
        measured[f"{what}, {count}"] = [Cost(taken["wall"], taken["cpu"], 0)]
    return measured


def _measure_layouts(folder: Path, readings: int, repeats: int, *, is_built: bool) -> Measured:
    """The same readings in our own form and in other systems': loaded, and built to features."""
    print(f"making a fleet of at least {readings:,} readings, in three forms", flush=True)
    fleet = json.loads(call("fleet", str(readings)))
    own = Path(fleet["folder"])
    wide = write_in_other_form(own, folder / "wide", "wide")
    long = write_in_other_form(own, folder / "long", "long")
    forms = {
        OWN_FORM: ("load_alone", own, ""),
        WIDE_FORM: ("load_alone", folder / "wide", str(wide)),
        LONG_FORM: ("load_alone", folder / "long", str(long)),
        BARE_FORM: ("bare_pivot", folder / "long", ""),
    }
    measured: Measured = {}
    for repeat in range(repeats):
        for form, (module, raw, layouts) in sorted(forms.items(), reverse=bool(repeat % 2)):
            place = Place(folder / "work", raw, folder / "artifacts")
            variables = place.environment | {"RAW_LAYOUTS": layouts}
            out = place.folder / "features.parquet"
            run_module(
                [f"benchmarks.ingest.{module}", str(raw), fleet["as_of"], str(out)],
                variables,
                place.folder,
            )
            taken = json.loads(out.with_name("steps.json").read_text())["load"]
            measured.setdefault(f"load {form}", []).append(Cost(taken["wall"], taken["cpu"], 0))
            shutil.rmtree(place.folder)
            print(f"{repeat + 1}/{repeats} {form}: {taken['cpu']:.1f} s", flush=True)
            if is_built and form in (OWN_FORM, WIDE_FORM):
                build = ["python_ml.cli", "build", "--as-of", fleet["as_of"]]
                cost = run_module(build, variables, place.folder)
                measured.setdefault(f"load and build {form}", []).append(cost)
                shutil.rmtree(place.folder)
    return measured


def render_report(measured: Measured) -> str:
    """Write the medians and the ratios that the project promises as Markdown."""
    lines = ["| what | wall s | CPU s | peak MB |", "|---|--:|--:|--:|"]
    for what, costs in measured.items():
        wall, cpu = (median(getattr(cost, key) for cost in costs) for key in ("wall_s", "cpu_s"))
        peak = max(cost.peak_megabytes for cost in costs)
        lines.append(f"| {what} | {wall:.1f} | {cpu:.1f} | {f'{peak:,.0f}' if peak else ''} |")
    lines.append("")
    lines += _ratio(measured, f"the morning {LONG}", f"the morning {SHORT}", "at most 1.2")
    lines += _ratio(measured, "back-fill of 365 days", "full rebuild, three years", "at most 3")
    lines += _ratio(measured, "arepas load", "read_csv, types guessed", "at most 2")
    lines += _ratio(measured, "arepas load", "read_csv, types told", "at most 2")
    for what in ("load", "load and build"):
        lines += _ratio(measured, f"{what} {WIDE_FORM}", f"{what} {OWN_FORM}", "at most 1.2")
    own = f"load {OWN_FORM}"
    lines += _ratio(measured, f"load {LONG_FORM}", own, "a reading; not promised")
    lines += _ratio(measured, f"load {LONG_FORM}", own, "a line, at most 1.2", parts=TAGS_A_READING)
    lines += _ratio(measured, f"load {BARE_FORM}", own, "what no loading can do without")
    lines += _ratio(measured, f"load {LONG_FORM}", f"load {BARE_FORM}", "not promised")
    return "\n".join([*lines, ""])


def _ratio(
    measured: Measured, what: str, against: str, target: str, *, parts: int = 1
) -> Sequence[str]:
    """Say how much more one takes than another; `parts` are how many of one make one of theirs."""
    ours, theirs = _of(measured, what), _of(measured, against)
    if not ours or not theirs:
        return []
    wall, cpu = (
        median(getattr(cost, key) for cost in ours)
        / median(getattr(cost, key) for cost in theirs)
        / parts
        for key in ("wall_s", "cpu_s")
    )
    return [f"- {what} : {against} = {wall:.2f} by the clock, {cpu:.2f} of CPU ({target})"]


def _of(measured: Measured, what: str) -> list[Cost]:
    return next((costs for name, costs in measured.items() if name.startswith(what)), [])


if __name__ == "__main__":
    main()
