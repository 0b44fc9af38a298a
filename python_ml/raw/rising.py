"""Rising times: what says, for next to nothing, which readings of a file may repeat another one.

Where the times of a file never fall, readings that are alike stand among those of one time; so only
those that share time and machine with another one need be compared.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_ml.raw.typed import reading_schema

UNREAD = np.iinfo(np.int64).min
KEYS = ["file_id", "measured_at", "machine_id"]


def marked_schema(metrics: tuple[str, ...]) -> pa.Schema:
    """Say what is kept of each line of readings: what was read, and whether it is tied."""
    return reading_schema(metrics).append(pa.field("is_tied", pa.bool_()))


@dataclass
class RisingTimes:
    """Follows the times of files from batch to batch."""

    _latest: dict[int, int] = field(default_factory=dict)

    def find_others(self, readings: pa.RecordBatch) -> list[int]:
        """Find the files of a batch of `reading_schema`, not empty, whose times do not rise.

        Returns:
            Their numbers; also of files with a line that was not read, or with readings of one time
            in two batches.
        """
        file_ids = readings.column("file_id").to_numpy()
        times = _micros(readings)
        is_same_file = file_ids[1:] == file_ids[:-1]
        fails = times == UNREAD
        fails[1:] |= is_same_file & (times[1:] < times[:-1])
        others = set(file_ids[fails].tolist())
        firsts = np.flatnonzero(np.concatenate(([True], ~is_same_file)))
        lasts = np.append(firsts[1:], len(times)) - 1
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            file_id = int(file_ids[first])
            if times[first] <= self._latest.get(file_id, UNREAD):
                others.add(file_id)
            self._latest[file_id] = int(times[last])
        return sorted(others)


def mark_ties(readings: pa.RecordBatch) -> pa.RecordBatch:
    """Mark which readings share file, time and machine with another one of their batch.

    Args:
        readings: Of `reading_schema`, not empty; of files whose times do not rise the marks say
            nothing.
    """
    file_ids = readings.column("file_id").to_numpy()
    times = _micros(readings)
    is_next = (file_ids[1:] == file_ids[:-1]) & (times[1:] == times[:-1])
    is_tied = np.zeros(len(times), bool)
    is_tied[1:] |= is_next
    is_tied[:-1] |= is_next
    places = np.flatnonzero(is_tied)
    if len(places):
        is_tied[places] = _has_another(readings.take(pa.array(places)).select(KEYS))
    return readings.append_column("is_tied", pa.array(is_tied))


def _has_another(keys: pa.RecordBatch) -> np.ndarray:
    """Say of each row whether another one is the same."""
    rows = list(zip(*(column.to_pylist() for column in keys.columns), strict=True))
    counts = Counter(rows)
    return np.array([counts[row] > 1 for row in rows])


def _micros(readings: pa.RecordBatch) -> np.ndarray:
    micros = pc.fill_null(readings.column("measured_at").cast(pa.int64()), UNREAD)
    return micros.to_numpy(zero_copy_only=False)
