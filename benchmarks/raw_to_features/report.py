"""Turn measured runs into a table of medians and ratios."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.raw_to_features.measure import RawFleet, Run

LIBRARIES = ("duckdb", "dbt-core", "pandas", "polars")
OURS, UNTESTED, PANDAS, POLARS, QUERY, READ_CSV = (
    "this project",
    "this project, its tests left out",
    "pandas",
    "polars",
    "one DuckDB query",
    "DuckDB read_csv",
)


def render_report(fleet: RawFleet, runs: Sequence[Run]) -> str:
    """Write the results as Markdown."""
    repeats = sum(run.contender == OURS for run in runs)
    libraries = ", ".join(f"{library} {version(library)}" for library in LIBRARIES)
    return "\n".join(
        [
            f"Raw files to features: {fleet.readings:,} readings in {fleet.megabytes:,.0f} MB of"
            f" CSV; medians of {repeats}, interleaved, each in a process of its own.",
            f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()},"
            f" {libraries}.",
            "All reach the same features, compared value by value.",
            "",
            "| contender | wall s | CPU s | peak MB | rows/s | wall : ours | CPU : ours |",
            "|---|--:|--:|--:|--:|--:|--:|",
            *(_render_row(fleet, runs, title) for title in (OURS, UNTESTED, QUERY, POLARS, PANDAS)),
            "",
            "| step of ours | wall s | CPU s |",
            "|---|--:|--:|",
            *(
                f"| {step} | {_step(runs, OURS, step, 'wall'):.1f} |"
                f" {_step(runs, OURS, step, 'cpu'):.1f} |"
                for step in ("load", "dbt")
            ),
            "",
            f"- {_wall(runs, PANDAS) / _wall(runs, OURS):.2f} times as fast as pandas,"
            f" {_wall(runs, POLARS) / _wall(runs, OURS):.2f} times as fast as polars",
            f"- {_wall(runs, OURS) / _wall(runs, QUERY):.2f} times the hand-written query's time",
            *(_render_loading(runs, step) for step in ("guessed", "told")),
            "",
        ]
    )


def write_report(fleet: RawFleet, runs: Sequence[Run], path: Path) -> None:
    """Write the Markdown, and every run as JSON beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_report(fleet, runs))
    content = {"fleet": asdict(fleet), "runs": [asdict(run) for run in runs]}
    path.with_suffix(".json").write_text(json.dumps(content, default=str, indent=1))


def _render_row(fleet: RawFleet, runs: Sequence[Run], title: str) -> str:
    wall, cpu = _wall(runs, title), _cpu(runs, title)
    peak = median(run.peak_megabytes for run in runs if run.contender == title)
    return (
        f"| {title} | {wall:.1f} | {cpu:.1f} | {peak:,.0f} | {fleet.readings / wall:,.0f} |"
        f" {wall / _wall(runs, OURS):.2f} | {cpu / _cpu(runs, OURS):.2f} |"
    )


def _render_loading(runs: Sequence[Run], step: str) -> str:
    ours, theirs = _step(runs, OURS, "load", "wall"), _step(runs, READ_CSV, step, "wall")
    return (
        f"- loading takes {ours / theirs:.2f} times what DuckDB's read_csv takes for the same files"
        f" with the types {step} ({theirs:.1f} s)"
    )


def _wall(runs: Sequence[Run], title: str) -> float:
    return median(run.seconds.wall for run in runs if run.contender == title)


def _cpu(runs: Sequence[Run], title: str) -> float:
    return median(run.seconds.cpu for run in runs if run.contender == title)


def _step(runs: Sequence[Run], title: str, step: str, kind: str) -> float:
    return median(getattr(run.steps[step], kind) for run in runs if run.contender == title)
