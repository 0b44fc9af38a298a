"""`make bench-serve`: our endpoint against `mlflow models serve`, same model, machine and run.

Prints requests a second of both, latencies at half our own maximum, and our memory over 50,000
requests; ends with status 1 where a target is missed.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.serve.load import Load, request_bytes, run_load
from python_ml.learning.columns import model_columns

TOOLS = Path(sys.executable).parent
AS_OF = "2026-11-20"
AREPA_TYPE = "a1"
METRICS = ("metric_1", "metric_2")
CONNECTIONS = (1, 16, 64)
ROUNDS = 2
OUR_COUNT, THEIR_COUNT = 4000, 400
STEADY_CONNECTIONS = 64
STEADY_ROUNDS, STEADY_S = 5, 6
SOAK_COUNT = 50_000
START_TIMEOUT_S = 600

TARGET_RATIO, TARGET_P99_S, TARGET_GROWTH = 5.0, 0.050, 0.05


def main() -> int:
    """Run the benchmark; returns the exit status."""
    with TemporaryDirectory(prefix="arepas-bench-serve-") as folder:
        variables = _make_fleet(Path(folder))
        our_port, their_port = _free_port(), _free_port()
        ours = [TOOLS / "arepas", "serve"]
        theirs = [TOOLS / "mlflow", "models", "serve", "--env-manager", "local", "--port"]
        theirs += [str(their_port), "--model-uri", f"models:/arepas__{AREPA_TYPE}@champion"]
        values = {column: 1.0 for column in model_columns(METRICS)}
        machine = {"machine_id": "k01-p1-m1", "kitchen_id": "k01", "as_of_date": AS_OF}
        our_body = json.dumps({**machine, "features": values}).encode()
        their_body = json.dumps(
            {"dataframe_split": {"columns": list(values), "data": [list(values.values())]}}
        ).encode()
        our_request = request_bytes(our_port, f"/predict/{AREPA_TYPE}", our_body)
        their_request = request_bytes(their_port, "/invocations", their_body)
        served = variables | {"PORT": str(our_port), "RATE_LIMIT": "none"}
        with (
            _server(ours, served, f"http://127.0.0.1:{our_port}/readyz") as process,
            _server(theirs, variables, f"http://127.0.0.1:{their_port}/ping"),
        ):
            ratio, maximum = _compare((our_port, our_request), (their_port, their_request))
            p99 = _steady(our_port, our_request)
            growth = _soak(our_port, our_request, maximum / 2, process.pid)
    met = {
        f"{ratio:.1f} times the requests per second of mlflow": ratio >= TARGET_RATIO,
        f"p99 {p99 * 1000:.1f} ms at half the maximum, median of {STEADY_ROUNDS} turns": p99
        < TARGET_P99_S,
        f"memory {growth:+.1%} over {SOAK_COUNT:,} requests": growth < TARGET_GROWTH,
    }
    for said, is_met in met.items():
        print(f"- {said}: {'met' if is_met else 'MISSED'}")
    return 0 if all(met.values()) else 1


def _make_fleet(folder: Path) -> dict[str, str]:
    """Make a small demo fleet with champions."""
    variables = os.environ | {
        "RAW_DATA_DIR": str(folder / "raw"),
        "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "BI_PATH": str(folder / "bi.duckdb"),
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "MLFLOW_ARTIFACT_ROOT": str(folder / "artifacts"),
        "REPORTS_DIR": str(folder / "reports"),
        "PUBLIC_DIR": str(folder / "public"),
        "LOG_LEVEL": "WARNING",
        # mlflow looks for uvicorn there.
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
    }
    fleet = ["demo-data", "--as-of", AS_OF, "--kitchens", "3", "--days", "230"]
    subprocess.run([TOOLS / "arepas", *fleet], env=variables, check=True)
    daily = [TOOLS / "arepas", "daily", "--as-of", AS_OF]
    done = subprocess.run(daily, env=variables, check=False, stdout=subprocess.DEVNULL)
    if done.returncode not in {0, 3}:
        raise SystemExit(f"arepas daily ended with {done.returncode}")
    return variables


@contextmanager
def _server(
    command: list[object], variables: dict[str, str], url: str
) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(
        [str(part) for part in command],
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _wait_for(url, process)
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def _wait_for(url: str, process: subprocess.Popen) -> None:
    give_up_at = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url}: no answer")


def _compare(ours: tuple[int, bytes], theirs: tuple[int, bytes]) -> tuple[float, float]:
    """Take turns, as fast as each answers; returns the ratio of the best rates, and our best."""
    best: dict[str, dict[int, Load]] = {"ours": {}, "mlflow": {}}
    for _ in range(ROUNDS):
        for name, (port, request), count in (
            ("ours", ours, OUR_COUNT),
            ("mlflow", theirs, THEIR_COUNT),
        ):
            for connections in CONNECTIONS:
                of_one = count // 4 if connections == 1 else count
                load = asyncio.run(run_load(port, request, connections=connections, count=of_one))
                if load.failures:
                    raise SystemExit(f"{name}: {load.failures} of {of_one} requests failed")
                known = best[name].get(connections)
                if known is None or load.per_second > known.per_second:
                    best[name][connections] = load
    print("| connections | ours: requests/s | p99 ms | mlflow: requests/s | p99 ms | ratio |")
    print("|--:|--:|--:|--:|--:|--:|")
    for connections in CONNECTIONS:
        our, their = best["ours"][connections], best["mlflow"][connections]
        print(
            f"| {connections} | {our.per_second:,.0f} | {our.percentile(0.99) * 1000:.1f} |"
            f" {their.per_second:,.0f} | {their.percentile(0.99) * 1000:.1f} |"
            f" {our.per_second / their.per_second:.1f} |"
        )
    our_best, their_best = (
        max(load.per_second for load in best[name].values()) for name in ("ours", "mlflow")
    )
    return our_best / their_best, our_best


def _steady(port: int, request: bytes) -> float:
    """Ask at half of the rate that was the maximum a moment before, in turns.

    The machine's own speed changes within minutes: a maximum that another minute allowed says
    nothing of half the load in this one. Returns the median of the turns' 99th percentiles.
    """
    print("\n| maximum: requests/s | asked at half: p50 ms | p99 ms | failures |")
    print("|--:|--:|--:|--:|")
    p99s = []
    for _ in range(STEADY_ROUNDS):
        most = asyncio.run(
            run_load(port, request, connections=STEADY_CONNECTIONS, count=OUR_COUNT)
        ).per_second
        load = asyncio.run(
            run_load(
                port,
                request,
                connections=STEADY_CONNECTIONS,
                count=int(most / 2 * STEADY_S),
                rate=most / 2,
            )
        )
        p99s.append(load.percentile(0.99))
        print(
            f"| {most:,.0f} | {load.percentile(0.5) * 1000:.1f} | {p99s[-1] * 1000:.1f} |"
            f" {load.failures} |"
        )
    print()
    return median(p99s)


def _soak(port: int, request: bytes, rate: float, process: int) -> float:
    """Ask on and on; returns the growth of the server's memory, as a share."""
    before = _resident_bytes(process)
    sizes = []
    for _ in range(10):
        asyncio.run(
            run_load(
                port,
                request,
                connections=STEADY_CONNECTIONS,
                count=SOAK_COUNT // 10,
                rate=rate,
            )
        )
        sizes.append(_resident_bytes(process))
    print("resident MB:", ", ".join(f"{size / 1e6:.0f}" for size in [before, *sizes]), "\n")
    return sizes[-1] / before - 1


def _resident_bytes(process: int) -> int:
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
