"""Of two readings that are alike one is marked, or their file is, however lines come in batches."""

from datetime import datetime, timedelta
from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from python_ml.raw.rising import RisingTimes, mark_ties
from python_ml.raw.typed import reading_schema

SCHEMA = reading_schema(("metric_1",))
START = datetime(2026, 3, 1)
MACHINES = st.sampled_from(["m1", "m2", "m3"])
Reading = tuple[int, int | None, str]
ANY_READINGS = st.lists(st.tuples(st.just(1), st.none() | st.integers(0, 9), MACHINES))
RISING_READINGS = st.lists(st.tuples(st.just(1), st.integers(0, 9), MACHINES)).map(
    lambda readings: sorted(readings, key=lambda reading: reading[1])
)


def batch_of(readings: list[Reading]) -> pa.RecordBatch:
    rows = [
        {
            "file_id": file_id,
            "source_line": number,
            "measured_at": None if second is None else START + timedelta(seconds=second),
            "machine_id": machine,
        }
        for number, (file_id, second, machine) in enumerate(readings)
    ]
    return pa.RecordBatch.from_pylist(rows, SCHEMA)


def marked(readings: list[Reading], cuts: list[int]) -> list[bool]:
    """Say of each reading whether it is compared: tied, or of a file whose times do not rise."""
    times, others, ties = RisingTimes(), set(), []
    for begin, end in pairwise([0, *sorted(min(cut, len(readings)) for cut in cuts), None]):
        if readings[begin:end]:
            batch = batch_of(readings[begin:end])
            others.update(times.find_others(batch))
            ties += mark_ties(batch).column("is_tied").to_pylist()
    assert len(ties) == len(readings)
    return [
        is_tied or reading[0] in others for is_tied, reading in zip(ties, readings, strict=True)
    ]


@given(
    ANY_READINGS | RISING_READINGS,
    ANY_READINGS | RISING_READINGS,
    st.lists(st.integers(0, 20), max_size=3),
)
def test_readings_that_may_be_alike_are_all_compared(
    one: list[Reading], other: list[Reading], cuts: list[int]
):
    readings = [*one, *((2, second, machine) for _, second, machine in other)]
    for reading, is_compared in zip(readings, marked(readings, cuts), strict=True):
        assert is_compared or (readings.count(reading) == 1 and reading[1] is not None)


@given(RISING_READINGS)
def test_of_rising_times_no_others_are_compared(readings: list[Reading]):
    assert marked(readings, []) == [readings.count(reading) > 1 for reading in readings]
