"""Predictions together, and what becomes of those who wait when the work ends."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from python_ml.errors import ArepasError
from python_ml.serving.champions import MicroBatches
from python_ml.serving.rows import Row


def predict(arepa_type: str, rows: Sequence[Row]) -> list[Row]:
    if arepa_type == "broken":
        raise ValueError("no such model")
    if arepa_type == "short":
        return []
    return [{**row, "type": arepa_type, "together": len(rows)} for row in rows]


async def answers_of(*asked: str) -> list[Row | BaseException]:
    batches = MicroBatches(predict)
    waiting = [
        asyncio.create_task(batches.predict(arepa_type, {"number": number}))
        for number, arepa_type in enumerate(asked)
    ]
    await asyncio.sleep(0)
    work = asyncio.create_task(batches.run())
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert not work.done()
    work.cancel()
    return answers


def test_what_arrives_together_is_predicted_together_and_each_gets_its_own():
    answers = asyncio.run(answers_of("a1", "a2", "a1"))
    assert answers == [
        {"number": 0, "type": "a1", "together": 2},
        {"number": 1, "type": "a2", "together": 1},
        {"number": 2, "type": "a1", "together": 2},
    ]


@pytest.mark.parametrize("broken", ["broken", "short"])
def test_a_type_that_cannot_be_predicted_stops_no_other(broken: str):
    answers = asyncio.run(answers_of(broken, "a1", broken))
    assert [isinstance(answer, ValueError) for answer in answers] == [True, False, True]


def test_who_waits_when_the_work_ends_is_told_so():
    is_at_work, may_end = threading.Event(), threading.Event()

    def predict_slowly(_: str, rows: Sequence[Row]) -> list[Row]:
        is_at_work.set()
        may_end.wait()
        return list(rows)

    async def run() -> list[Row | BaseException]:
        batches = MicroBatches(predict_slowly)
        work = asyncio.create_task(batches.run())
        asked = [asyncio.create_task(batches.predict("a1", {}))]
        await asyncio.to_thread(is_at_work.wait)
        asked.append(asyncio.create_task(batches.predict("a2", {})))
        await asyncio.sleep(0)
        work.cancel()
        await asyncio.wait([work])
        asked.append(asyncio.create_task(batches.predict("a3", {})))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        may_end.set()
        return answers

    assert [type(answer) for answer in asyncio.run(run())] == [ArepasError] * 3
