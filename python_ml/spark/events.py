"""Spark's event log: which executor ran how many tasks."""

import json
from collections import Counter
from pathlib import Path

TASK_END = '{"Event":"SparkListenerTaskEnd"'


def count_tasks(event_log: Path) -> dict[str, int]:
    """Count the finished tasks of a session by executor; `driver` is the driver."""
    with event_log.open() as lines:
        events = (json.loads(line) for line in lines if line.startswith(TASK_END))
        return dict(Counter(event["Task Info"]["Executor ID"] for event in events))
