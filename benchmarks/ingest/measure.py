"""Run a verb of this project in a process of its own and measure it from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds by the clock and of the processors, most memory."""

    wall_s: float
    cpu_s: float
    peak_megabytes: float


@dataclass(frozen=True)
class Place:
    """A workspace of a benchmark; its models' files may lie in another one."""

    folder: Path
    raw: Path
    artifacts: Path

    @property
    def environment(self) -> dict[str, str]:
        """Everything a run reads and writes."""
        return {
            "RAW_DATA_DIR": str(self.raw),
            "WAREHOUSE_PATH": str(self.folder / "warehouse.duckdb"),
            "BI_PATH": str(self.folder / "bi.duckdb"),
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.folder}/mlflow.db",
            "MLFLOW_ARTIFACT_ROOT": str(self.artifacts),
            "REPORTS_DIR": str(self.folder / "reports"),
            "PUBLIC_DIR": str(self.folder / "public"),
        }


def run_verb(place: Place, *arguments: str, code: Path = REPOSITORY) -> Cost:
    """Run `arepas` once, of this checkout or of another one.

    Raises:
        SystemExit: It failed; the message ends with what it said last.
    """
    return run_module(["python_ml.cli", *arguments], place.environment, place.folder, code=code)


def run_module(
    arguments: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    *,
    code: Path = REPOSITORY,
) -> Cost:
    """Run a module once, its words in a file of the folder.

    Raises:
        SystemExit: It failed; the message ends with what it said last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = folder / "words.log"
    started = time.perf_counter()
    with words.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=code,
            # What this one starts in its turn, a notebook's kernel say, is of the same code.
            env=os.environ | {"PYTHONPATH": str(code)} | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{words.read_text()[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
