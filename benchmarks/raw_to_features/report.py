"""Turn measured runs into tables of medians and ratios, and into a plot."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.raw_to_features.measure import RawFleet, Run

LIBRARIES = ("duckdb", "dbt-core", "pandas", "polars")
OURS, UNTESTED, PANDAS, POLARS, QUERY, READ_CSV, SPARK = (
    "this project",
    "this project, its tests left out",
    "pandas",
    "polars",
    "one DuckDB query",
    "DuckDB read_csv",
    "this project on Spark",
)
COMPARED = (OURS, UNTESTED, QUERY, POLARS, PANDAS, SPARK)
# Okabe and Ito's colours, which colour-blind people tell apart.
COLOURS = dict(
    zip(COMPARED, ("#d55e00", "#e69f00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9"), strict=True)
)


@dataclass(frozen=True)
class Measured:
    """All runs on one fleet."""

    fleet: RawFleet
    runs: Sequence[Run]

    def titles(self) -> list[str]:
        """The contenders that were measured, in the order of the table."""
        found = {run.contender for run in self.runs}
        return [title for title in COMPARED if title in found]

    def wall(self, title: str) -> float:
        """Median seconds by the clock."""
        return median(run.seconds.wall for run in self.runs if run.contender == title)

    def cpu(self, title: str) -> float:
        """Median seconds of the processors."""
        return median(run.seconds.cpu for run in self.runs if run.contender == title)

    def peak(self, title: str) -> float:
        """Median of the most memory that the largest process took, in megabytes."""
        return median(run.peak_megabytes for run in self.runs if run.contender == title)

    def step(self, title: str, step: str, kind: str) -> float:
        """Median seconds of a step, `wall` or `cpu`."""
        return median(getattr(run.steps[step], kind) for run in self.runs if run.contender == title)


def render_report(measured: Sequence[Measured]) -> str:
    """Write the results as Markdown."""
    libraries = ", ".join(f"{library} {version(library)}" for library in LIBRARIES)
    head = [
        "Raw files to features, each run a process of its own, medians, interleaved; all reach the"
        " same features, compared value by value.",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()},"
        f" {libraries}.",
    ]
    return "\n".join([*head, *(line for one in measured for line in _render_size(one)), ""])


def write_report(measured: Sequence[Measured], path: Path) -> None:
    """Write the Markdown, and beside it a plot as SVG and every run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_report(measured))
    content = [
        {"fleet": asdict(m.fleet), "runs": [asdict(run) for run in m.runs]} for m in measured
    ]
    path.with_suffix(".json").write_text(json.dumps(content, indent=1))
    _plot(measured, path.with_suffix(".svg"))


def _render_size(measured: Measured) -> list[str]:
    ours, fleet = measured.wall(OURS), measured.fleet
    run_count = sum(run.contender == OURS for run in measured.runs)
    others = [title for title in (PANDAS, POLARS, QUERY, SPARK) if title in measured.titles()]
    loading = measured.step(OURS, "load", "wall")
    return [
        "",
        f"**{fleet.readings:,} readings**, {fleet.megabytes:,.0f} MB of CSV; runs: {run_count}",
        "",
        "| contender | wall s | CPU s | peak MB | rows/s | wall : ours | CPU : ours |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_render_row(measured, title) for title in measured.titles()),
        "",
        *(
            f"- {title} takes {measured.wall(title) / ours:.2f} times as long as this project"
            for title in others
        ),
        f"- of ours {loading:.1f} s are loading and {measured.step(OURS, 'dbt', 'wall'):.1f} s dbt",
        *(
            f"- loading takes {loading / measured.step(READ_CSV, step, 'wall'):.2f} times what"
            f" DuckDB's read_csv takes for the same files with the types {step}"
            for step in ("guessed", "told")
        ),
    ]


def _render_row(measured: Measured, title: str) -> str:
    wall, cpu = measured.wall(title), measured.cpu(title)
    return (
        f"| {title} | {wall:.1f} | {cpu:.1f} | {measured.peak(title):,.0f} |"
        f" {measured.fleet.readings / wall:,.0f} |"
        f" {wall / measured.wall(OURS):.2f} | {cpu / measured.cpu(OURS):.2f} |"
    )


def _plot(measured: Sequence[Measured], path: Path) -> None:
    """Draw seconds and memory over the number of readings."""
    # The measuring process must stay small: a child's peak counts from what its parent had.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    with rc_context({"svg.hashsalt": "bench", "svg.fonttype": "none"}):
        by_time, by_memory = figure.subplots(1, 2)
        for title, colour in COLOURS.items():
            known = [one for one in measured if title in one.titles()]
            readings = [one.fleet.readings for one in known]
            style = {"marker": "o", "color": colour, "label": title}
            by_time.plot(readings, [one.wall(title) for one in known], **style)
            by_memory.plot(readings, [one.peak(title) / 1000 for one in known], **style)
        for axes, what in ((by_time, "seconds"), (by_memory, "peak memory, GB")):
            axes.set(xscale="log", yscale="log", xlabel="million readings", ylabel=what)
            sizes = [one.fleet.readings for one in measured]
            axes.set_xticks(sizes, [f"{size / 1e6:.0f}" for size in sizes])
            axes.set_xticks([], minor=True)
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.yaxis.set_minor_formatter(lambda *_: "")
            axes.grid(visible=True, which="major", alpha=0.3)
            axes.spines[["top", "right"]].set_visible(False)
        figure.legend(*by_time.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        figure.savefig(path, metadata={"Date": None})
