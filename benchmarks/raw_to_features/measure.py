"""Run a module in a process of its own and measure it from outside.

Imports little: a child's peak memory counts from what its parent had when it was born.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = "benchmarks.raw_to_features"


@dataclass(frozen=True)
class RawFleet:
    """Raw files as the kitchens deliver them.

    Attributes:
        folder: Where they are.
        as_of: The morning after their last day.
        readings: Data lines of all their cooking metrics.
        megabytes: Size of all files.
    """

    folder: str
    as_of: str
    readings: int
    megabytes: float


@dataclass(frozen=True)
class Contender:
    """One way from the raw files to the features.

    Attributes:
        title: Its name in the table.
        module: Its module here, started with RAW_DIR AS_OF OUT.
        outcome: The file that it leaves, if its features are to be compared.
        environment: What it is told besides.
        python: The Python that runs it.
        most_readings: Beyond as many it is left out, for want of memory or time.
        is_measured_once: Whether it takes so long that once is enough.
    """

    title: str
    module: str
    outcome: str = "features.parquet"
    environment: Mapping[str, str] = field(default_factory=dict)
    python: Path = Path(sys.executable)
    most_readings: float = math.inf
    is_measured_once: bool = False


@dataclass(frozen=True)
class Seconds:
    """What something took, by the clock and of the processors."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Run:
    """One run of a contender: the whole process, and the steps that it noted."""

    contender: str
    seconds: Seconds
    peak_megabytes: float
    steps: dict[str, Seconds]


@contextmanager
def note_step(name: str, out: Path) -> Iterator[None]:
    """Inside a contender: note beside its outcome what a step took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    steps = _steps_of(out)
    notes = json.loads(steps.read_text()) if steps.exists() else {}
    steps.write_text(json.dumps(notes | {name: taken}))


def measure(contender: Contender, fleet: RawFleet, work: Path) -> Run:
    """Run a contender once in an empty folder, where it leaves its outcome.

    Raises:
        SystemExit: It failed; the message ends with what it said last.
    """
    out, words = work / "features.parquet", work / "words.log"
    started = time.perf_counter()
    with words.open("wb") as log:
        process = subprocess.Popen(
            [
                contender.python,
                "-m",
                f"{PACKAGE}.{contender.module}",
                fleet.folder,
                fleet.as_of,
                str(out),
            ],
            cwd=REPOSITORY,
            env=os.environ | contender.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{contender.title} failed:\n{words.read_text()[-2000:]}")
    steps = _steps_of(out)
    notes = json.loads(steps.read_text()) if steps.exists() else {}
    return Run(
        contender=contender.title,
        seconds=Seconds(wall=wall, cpu=usage.ru_utime + usage.ru_stime),
        peak_megabytes=usage.ru_maxrss / 1024,
        steps={name: Seconds(**taken) for name, taken in notes.items()},
    )


def call(module: str, *arguments: str) -> str:
    """Run a module that is not measured and return what it prints.

    Raises:
        SystemExit: It failed; it has said why.
    """
    called = subprocess.run(
        [sys.executable, "-m", f"{PACKAGE}.{module}", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    if called.returncode:
        raise SystemExit(called.returncode)
    return called.stdout.strip()


def _steps_of(out: Path) -> Path:
    return out.with_name("steps.json")
