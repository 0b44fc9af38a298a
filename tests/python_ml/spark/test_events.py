"""Spark's event log, as it is written."""

import json

from python_ml.spark.events import count_tasks


def test_tasks_are_counted_by_executor(tmp_path):
    log = tmp_path / "app-1"
    events = [{"Event": "SparkListenerApplicationStart", "App Name": "SparkListenerTaskEnd"}]
    events += [
        {"Event": "SparkListenerTaskEnd", "Task Info": {"Executor ID": executor}}
        for executor in ("0", "1", "1")
    ]
    log.write_text("".join(f"{json.dumps(event, separators=(',', ':'))}\n" for event in events))
    assert count_tasks(log) == {"0": 1, "1": 2}
