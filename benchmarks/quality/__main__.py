"""`make bench-quality`: how good the models are, beside named alternatives in the same run.

No figure is tuned on the rows that are tested on: every choice of a model is made inside
`fit_in_sequence`, on mornings before them.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.quality.azure import run_azure
from benchmarks.quality.fleet import run_fleets
from benchmarks.quality.other_worlds import run_worlds
from benchmarks.quality.speed import run_speed
from benchmarks.quality.week import run_weeks

WEEK_SEEDS = 12
WORLD_SEEDS = 2  # of each of the five


def main() -> None:
    """Print the chosen parts as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="azure,fleet,worlds,week,speed")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--world-machines", type=int, default=72)
    # As `make demo-data` makes it.
    parser.add_argument("--kitchens", type=int, default=10)
    parser.add_argument("--days", type=int, default=548)
    arguments = parser.parse_args()
    for part in arguments.parts.split(","):
        with TemporaryDirectory() as folder:
            print(f"\n## {part}\n")
            for line in _run(part, Path(folder), arguments):
                print(line, flush=True)


def _run(part: str, folder: Path, arguments: argparse.Namespace) -> Iterator[str]:
    if part == "azure":
        return run_azure(folder)
    if part == "fleet":
        return run_fleets(folder, range(arguments.seeds), arguments.kitchens, arguments.days)
    if part == "worlds":
        first = arguments.first_seed
        seeds = range(first, first + min(arguments.seeds, WORLD_SEEDS))
        return run_worlds(folder, seeds, arguments.world_machines, arguments.days)
    if part == "week":
        first = arguments.first_seed
        return run_weeks(range(first, first + max(arguments.seeds, WEEK_SEEDS)))
    return run_speed(folder)


if __name__ == "__main__":
    main()
