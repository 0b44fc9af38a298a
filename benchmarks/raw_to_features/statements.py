"""Where a first build's CPU seconds go, statement by statement: RAW_DIR AS_OF [COUNT].

dbt runs one model at a time here, so that what the process takes meanwhile is the statement's own.
"""

import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from python_ml.engines.transform import Transformer
from python_ml.morning import build
from python_ml.run.record import start_run
from python_ml.settings import load_settings

NODE = re.compile(r'"node_id": "[a-z_]+\.arepas\.([^".]+)')
PROOF = "not one row per key"
SHOWN = 20


def main(raw_dir: str, as_of: str, count: int = SHOWN) -> None:
    """Build the features on an empty warehouse and print what cost most."""
    costs: Counter[str] = Counter()
    costs["imports"] += time.process_time()

    def noted(name: Callable[..., str], step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: object, **named: object) -> object:
            started = time.process_time()
            try:
                return step(*arguments, **named)
            finally:
                costs[name(*arguments, **named)] += time.process_time() - started

        return run

    invoke = Transformer._invoke
    with tempfile.TemporaryDirectory(prefix="arepas-bench-") as folder:
        path = Path(folder) / "warehouse.duckdb"
        settings = load_settings({"RAW_DATA_DIR": raw_dir, "WAREHOUSE_PATH": str(path)})
        with (
            mock.patch.object(
                DuckDBCursorWrapper, "execute", noted(_statement, DuckDBCursorWrapper.execute)
            ),
            mock.patch.object(build, "load", noted(lambda *_, **__: "load", build.load)),
            mock.patch.object(
                Transformer,
                "_invoke",
                lambda self, arguments, manifest: invoke(
                    self, [*arguments, *_one_thread(arguments)], manifest
                ),
            ),
            start_run(settings, date.fromisoformat(as_of)) as run,
        ):
            build.build(settings, run)
        size = path.stat().st_size / 1e6
    whole = time.process_time()
    rest = whole - sum(costs.values())
    for name, cost in (costs + Counter({"dbt itself and the rest": rest})).most_common(int(count)):
        print(f"| {name} | {cost:.2f} |")
    print(f"| all | {whole:.2f} |\n\nThe warehouse takes {size:.0f} MB.")


def _one_thread(arguments: list[str]) -> list[str]:
    return [] if arguments[0] == "parse" else ["--threads", "1"]


def _statement(_: object, sql: str, *__: object) -> str:
    """Name a statement by its model, and by what it is to it."""
    node = NODE.search(sql)
    if node is None:
        return "commits"
    return f"{node[1]}: proofs of grain" if PROOF in sql else node[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
