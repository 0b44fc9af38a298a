"""`make hourly`: the hand calculation, and random dirty files against an independent reading."""

from collections.abc import Callable
from random import Random

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED_FIXTURES, Workspace
from tests.dirty_fleet import (
    assert_every_line_is_accounted_for,
    hourly_means,
    read_independently,
    write_dirty_files,
)
from tests.small_fleet import without_building

WHOLE_TIME = ("--start", "2000-01-01T00:00:00", "--end", "2100-01-01T00:00:00")

CHALLENGE = {
    "cooking_metrics.csv": """timestamp;machine_id;batch_id;metric_1;metric_2
2020-11-01T01:23:34;m1;b1;0,1613;0,7684
2020-11-01T01:25:34;m1;b2;0,8544;0,3943
2020-11-01T01:30:00;m1;b3;0,1282;0,8135
2020-11-01T02:00:34;m1;b4;0,5657;0,6409
2020-11-01T01:23:34;m2;b5;0,3747;0,8199
2020-11-01T01:25:34;m2;b6;0,0248;0,4744
2020-11-01T01:30:00;m2;b7;0,6475;0,4514
2020-11-01T02:00:34;m2;b8;0,1206;0,4907""",
    "batch_registry.csv": """batch_id;arepa_type
b1;a1
b2;a2
b3;a1
b4;a3
b5;a4
b6;a1
b7;a1
b8;a2""",
    "faulty_intervals.csv": """machine_id;start_time;end_time
m1;2020-11-01T01:21:34;2020-11-01T01:25:00
m1;2020-11-02T11:41:54;2020-11-02T12:40:00
m2;2020-11-01T01:21:34;2020-11-01T01:25:00""",
}


@pytest.fixture
def challenge(workspace: Workspace) -> Workspace:
    for name, text in CHALLENGE.items():
        workspace.write(name, text)
    return workspace


def hourly(workspace: Workspace, *arguments: str, **variables: str) -> pd.DataFrame:
    out = workspace.folder / "hourly.csv"
    assert workspace.arepas("hourly", *arguments, "--out", str(out), **variables) == 0
    return pd.read_csv(out)


def test_challenge_files_give_the_hand_calculation(challenge: Workspace):
    means = hourly(challenge, *WHOLE_TIME)
    assert list(means.columns) == [
        *("date", "hour", "kitchen_id", "machine_id", "arepa_type", "metric_1", "metric_2")
    ]
    only_b3 = means.query("machine_id == 'm1' and arepa_type == 'a1'")
    assert only_b3.values.tolist() == [["2020-11-01", 1, "k1", "m1", "a1", 0.1282, 0.8135]]
    assert means.equals(means.sort_values(list(means.columns[:5])).reset_index(drop=True))


def test_start_and_end_are_included_and_filters_filter(
    challenge: Workspace, caplog: pytest.LogCaptureFixture
):
    at = ("--start", "2020-11-01T01:25:34", "--end", "2020-11-01T01:30:00")
    assert len(hourly(challenge, *at)) == 3
    types = challenge.folder / "types.txt"
    types.write_text("# wanted\na2,\n\n")
    with without_building():
        assert set(hourly(challenge, *at, "--machine", "m2")["machine_id"]) == {"m2"}
        assert hourly(challenge, *at, "--phase", "2").empty
        assert not hourly(challenge, *at, "--kitchen", "k1").empty
        assert hourly(challenge, *at, "--kitchen", "k9").empty
        assert hourly(challenge, *at, "--machine", "nope").empty
        only_a2 = hourly(challenge, *WHOLE_TIME, AREPA_TYPES=str(types))
    assert set(only_a2["arepa_type"]) == {"a2"}
    assert "KITCHEN=k9: no such kitchen; there are k1" in caplog.messages
    assert "MACHINE=nope: no such machine; there are m1, m2" in caplog.messages


def test_times_the_wrong_way_round_are_told_before_anything_is_built(
    challenge: Workspace, error_of: Callable[[], str]
):
    times = ("--start", "2020-11-02T00:00:00", "--end", "2020-11-01T00:00:00")
    assert challenge.arepas("hourly", *times, "--out", "hourly.csv") == 2
    assert error_of() == "END=2020-11-01T00:00:00 lies before START; swap them"
    assert not challenge.warehouse.exists()


@pytest.mark.skipif(not SHARED_FIXTURES.exists(), reason="the shared fixtures are not there")
def test_shared_challenge_files_are_the_ones_calculated_by_hand():
    for name, text in CHALLENGE.items():
        shared = (SHARED_FIXTURES / "challenge" / name).read_text(encoding="utf-8-sig")
        assert shared.splitlines()[: len(text.splitlines())] == text.splitlines()


@settings(
    max_examples=8,
    phases=[Phase.generate],  # a seed has nothing to shrink
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_dirty_files_are_read_as_an_independent_reader_reads_them(
    new_workspace: Callable[[], Workspace], seed: int
):
    workspace = new_workspace()
    write_dirty_files(Random(seed), workspace.raw)
    expected = read_independently(workspace.raw)
    means = hourly(workspace, *WHOLE_TIME, QUARANTINE_LIMIT="1")
    pd.testing.assert_frame_equal(
        means.drop(columns="kitchen_id"),
        hourly_means(expected).sort_values(["date", "hour", "machine_id", "arepa_type"]),
        check_dtype=False,
        rtol=1e-9,
        atol=1e-11,
    )
    assert_every_line_is_accounted_for(workspace.rows, workspace.raw, expected)
