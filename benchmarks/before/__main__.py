"""`make bench-before`: what this checkout takes against an earlier commit of it, in turns.

The commit is taken out of the history into a folder of its own and run there by the same Python, so
that both measure with the same libraries and on the same raw files.
"""

import argparse
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.before.tiny import write_tiny_files
from benchmarks.ingest.measure import REPOSITORY, Cost, Place, run_module, run_verb

LAST_DAY = date(2026, 3, 15)
NOW, BEFORE = "now", "before"
LOADED_LINES = """
select files.source_file, lines.source_line, lines.raw_line
from raw.cooking_metrics as lines inner join raw.files as files on lines.file_id = files.file_id
order by all
"""

Measured = dict[str, list[Cost]]


def main() -> int:
    """Measure the parts asked for and print the medians; 1 where a promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="the commit before")
    parser.add_argument("--parts", default="tiny,unchanged", help="what to measure")
    parser.add_argument("--repeats", type=int, default=3, help="of each, in turns")
    parser.add_argument("--files", type=int, default=20_000, help="tiny ones")
    parser.add_argument("--kitchens", type=int, default=10, help="of the unchanged morning")
    parser.add_argument("--days", type=int, default=548, help="of the unchanged morning")
    parser.add_argument("--out", default="", help="a Markdown file to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arepas-bench-before-") as name:
        folder = Path(name)
        codes = {NOW: REPOSITORY, BEFORE: _take_out(options.base, folder / "base")}
        report = [
            "| CPU s, median | now | before | now : before | at most |",
            "|---|--:|--:|--:|--:|",
        ]
        are_met = True
        for part in options.parts.split(","):
            title, most, prepare = PARTS[part]
            run = prepare(folder / part, codes, options)
            costs = _measure_in_turns(run, title, options.repeats)
            row, is_met = _compare(title, costs, most)
            report.append(row)
            are_met &= is_met
    told = "\n".join(report)
    print(f"\n{told}")
    if options.out:
        Path(options.out).write_text(f"{told}\n", encoding="utf-8")
    return 0 if are_met else 1


def _take_out(commit: str, folder: Path) -> Path:
    """Write a commit's files into a folder.

    Raises:
        SystemExit: The history has no such commit.
    """
    packed = subprocess.run(
        ["git", "archive", "--format=tar", commit],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        check=False,
    )
    if packed.returncode:
        raise SystemExit(f"{commit} is not in the history here; fetch all of it, or name BASE=")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _prepare_tiny(
    folder: Path, codes: dict[str, Path], options: argparse.Namespace
) -> Callable[[str], Cost]:
    """Write tiny files; a run loads them into an empty warehouse, and both hold the same lines."""
    print(f"making {options.files:,} tiny files", flush=True)
    raw = folder / "raw"
    write_tiny_files(raw, options.files, LAST_DAY)
    loaded = {}

    def load(which: str) -> Cost:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            out = Path(name) / "features.parquet"
            arguments = ["benchmarks.ingest.load_alone", str(raw), str(LAST_DAY), str(out)]
            run_module(arguments, {}, out.parent, code=codes[which])
            taken = json.loads(out.with_name("steps.json").read_text())["load"]
            with duckdb.connect(out.with_name("warehouse.duckdb"), read_only=True) as connection:
                loaded[which] = connection.execute(LOADED_LINES).fetchall()
        if not loaded[which] or any(lines != loaded[which] for lines in loaded.values()):
            raise SystemExit("not the same lines were loaded")
        return Cost(taken["wall"], taken["cpu"], 0)

    return load


def _prepare_unchanged(
    folder: Path, codes: dict[str, Path], options: argparse.Namespace
) -> Callable[[str], Cost]:
    """Make a fleet, train on it and run its morning; a run is the same morning again."""
    raw, morning = folder / "raw", ("daily", "--as-of", str(LAST_DAY))
    places = {which: Place(folder / which, raw, folder / which / "artifacts") for which in codes}
    size = ("--kitchens", str(options.kitchens), "--days", str(options.days), "--seed", "7")
    run_verb(places[NOW], "demo-data", "--as-of", str(LAST_DAY), *size)
    for which, code in codes.items():
        print(f"training and the first morning, {which}", flush=True)
        for verb in ("build", "retrain"):
            run_verb(places[which], verb, "--as-of", str(LAST_DAY), code=code)
        run_verb(places[which], *morning, code=code)
    return lambda which: run_verb(places[which], *morning, code=codes[which])


def _prepare_anew(
    folder: Path, codes: dict[str, Path], options: argparse.Namespace
) -> Callable[[str], Cost]:
    """A run is the unchanged morning, of which it is not known that it stands."""
    run = _prepare_unchanged(folder, codes, options)

    def run_anew(which: str) -> Cost:
        (folder / which / ".warehouse" / "standing").unlink(missing_ok=True)
        return run(which)

    return run_anew


def _prepare_first(
    folder: Path, codes: dict[str, Path], options: argparse.Namespace
) -> Callable[[str], Cost]:
    """A run is the first morning of a fresh checkout, which makes its demo fleet, all defaults."""
    commits = {NOW: "HEAD", BEFORE: options.base}

    def run(which: str) -> Cost:
        with tempfile.TemporaryDirectory(prefix=f"first-{which}-") as name:
            code = Path(name) / "checkout"
            _take_out(commits[which], code)
            morning = ["python_ml.cli", "daily", "--as-of", str(LAST_DAY)]
            return run_module(morning, {}, Path(name), code=code)

    return run


PARTS = {
    "first": ("the first morning, a demo's", 1.0, _prepare_first),
    "tiny": ("load of many tiny files", 1 / 3, _prepare_tiny),
    "unchanged": ("an unchanged morning", 1.05, _prepare_unchanged),
    "anew": ("an unchanged morning, made anew", 1.05, _prepare_anew),
}


def _measure_in_turns(run: Callable[[str], Cost], title: str, repeats: int) -> Measured:
    costs: Measured = {NOW: [], BEFORE: []}
    for repeat in range(repeats):
        for which in (BEFORE, NOW) if repeat % 2 else (NOW, BEFORE):
            costs[which].append(run(which))
            print(f"{repeat + 1}/{repeats} {title}, {which}: {costs[which][-1]}", flush=True)
    return costs


def _compare(title: str, costs: Measured, most: float) -> tuple[str, bool]:
    """A row of the table, and whether the promise is kept."""
    taken = {which: median(cost.cpu_s for cost in costs[which]) for which in costs}
    ratio = taken[NOW] / taken[BEFORE]
    row = f"| {title} | {taken[NOW]:.1f} | {taken[BEFORE]:.1f} | {ratio:.2f} | {most:.2f} |"
    return row, ratio <= most


if __name__ == "__main__":
    raise SystemExit(main())
