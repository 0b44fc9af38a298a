"""Processes that do what takes long, so that the one that answers always has time to.

A large body is parsed, and raw readings become features, in processes of their own: in a thread,
parsing alone would stop every other request for as long as it takes.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from python_ml.errors import ArepasError, InputError
from python_ml.serving.bodies import BusyError
from python_ml.serving.live_features import LiveFeatureBuilder
from python_ml.serving.messages import AskedPrediction, parse_body, prediction_request
from python_ml.serving.rows import Row, raw_tables_of, row_of_features, with_history
from python_ml.settings import Settings

PROCESSES = 2
MOST_AT_ONCE = 32
NICENESS = 5


@dataclass(frozen=True)
class Understood:
    """What a request for a prediction asks.

    Attributes:
        row: The row that the mart holds, or would hold.
        rejected: Readings that were set aside, counted by reason.
        unknown: Features that the request does not tell.
    """

    row: Row
    rejected: dict[str, int]
    unknown: list[str]


class Workers:
    """The processes; one set for each endpoint."""

    def __init__(self, settings: Settings, statements: list[str]) -> None:
        self._given = (settings, statements)
        self._at_work = 0
        self._pool = self._start()

    async def understand(self, arepa_type: str, body: bytes) -> Understood:
        """Read a request's body and build what it asks for.

        Raises:
            BusyError: Too many such requests wait already.
            InputError: The body is none, or its readings say nothing of that type and morning.
            ArepasError: The process was ended from outside.
        """
        if self._at_work >= MOST_AT_ONCE:
            raise BusyError("too many requests with raw readings at once; ask again in a while")
        self._at_work += 1
        pool = self._pool
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, _understand, arepa_type, body)
        except BrokenProcessPool as error:
            if pool is self._pool:
                self._pool = self._start()
            raise ArepasError(
                "the process that read the request was ended from outside; ask again, and give the"
                " endpoint more memory if it happens again"
            ) from error
        finally:
            self._at_work -= 1

    def stop(self) -> None:
        """Let the processes end with what they are at."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(
            PROCESSES,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=self._given,
        )
        # Now, not when the first request comes: they take seconds.
        for _ in range(PROCESSES):
            pool.submit(os.getpid)
        return pool


@dataclass
class _Worker:
    """What one of the processes has in hand."""

    settings: Settings
    builder: LiveFeatureBuilder
    shape: type[AskedPrediction]


_worker: _Worker


def _begin(settings: Settings, statements: list[str]) -> None:
    global _worker  # a process of a pool has no other place for what it keeps
    # Ctrl-C reaches all processes of a terminal; the one that answers ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    builder = LiveFeatureBuilder(settings, statements)
    _worker = _Worker(settings, builder, prediction_request(settings.metrics))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _understand(arepa_type: str, body: bytes) -> Understood:
    asked = parse_body(_worker.shape, body)
    if asked.features is not None:
        return Understood(row_of_features(asked, arepa_type), {}, [])
    tables = raw_tables_of(asked, arepa_type, _worker.settings.metrics)
    built = _worker.builder.build(arepa_type, tables, asked.as_of_date)
    if built.rows.empty:
        raise InputError(
            f"no usable reading of {arepa_type} in the 28 days before {asked.as_of_date}"
            f" (rejected: {built.rejected or 'none'})"
        )
    row, unknown = with_history(built.rows.to_dict("records")[0], asked)
    return Understood(row, built.rejected, unknown)
