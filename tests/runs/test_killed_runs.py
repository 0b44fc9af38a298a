"""Kill the morning with SIGKILL at any moment and start it again: the end is the same."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from random import Random

import pytest

from python_ml.settings import DEMO_MARKER
from tests.conftest import Workspace
from tests.fork_server import ForkServer, Lane
from tests.small_fleet import AS_OF, FLEET, NEXT_DAY, copy_of, variables_of
from tests.states import State, assert_same_state, read_published, read_state

pytestmark = pytest.mark.slow

# `make test-kills` does fifty; a trial costs a morning and a half.
KILLS = int(os.environ.get("KILLS", "8"))
KILLS_WHILE_PUBLISHING, KILLS_OF_THE_FIRST_MORNING = 3, 2
# Nothing reads a notebook's page again, and it takes as long as all the rest: few runs make them.
REPORTS = ("python_ml.morning.daily.run_report", "python_ml.lifecycle.retrain.report_models")


@dataclass(frozen=True)
class Trial:
    """A workspace of its own and a lane that runs the morning in it."""

    workspace: Workspace
    lane: Lane
    as_of: date
    constants: dict[str, int]
    skipped: tuple[str, ...] = ()

    def start(self) -> int:
        return self.lane.start(
            ["daily", "--as-of", self.as_of.isoformat()],
            self.workspace.environment | variables_of(self.workspace),
            self.workspace.folder / "run.log",
            self.constants,
            self.skipped,
        )

    def run(self) -> float:
        """Start a run and wait for its end; returns how many seconds it took."""
        started = time.monotonic()
        self.start()
        status = self.lane.wait()
        assert status == 0, (self.workspace.folder / "run.log").read_text()[-3000:]
        return time.monotonic() - started

    def run_killed(self, wait: Callable[[], None]) -> int:
        """Start a run, wait for the moment, kill it; returns how it ended."""
        pid = self.start()
        wait()
        with suppress(ProcessLookupError):  # the run may have been faster
            os.kill(pid, signal.SIGKILL)
        return self.lane.wait()


@dataclass(frozen=True)
class Place:
    """A lane and the one folder that its trials use, one after another."""

    folder: Path
    lane: Lane

    def fill(self, evening: Workspace) -> Workspace:
        """Begin with a copy of the evening."""
        shutil.rmtree(self.folder / "copy", ignore_errors=True)
        return copy_of(evening, self.folder / "copy")


Places = SimpleQueue[Place]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Two places, as this project's machines have two cores."""
    server = ForkServer(2)
    pool: Places = SimpleQueue()
    for lane in server.lanes:
        pool.put(Place(tmp_path_factory.mktemp("place"), lane))
    yield pool
    server.close()


def in_each_place(places: Places, jobs: list[Callable[[Place], None]]) -> None:
    def work(job: Callable[[Place], None]) -> None:
        place = places.get()
        try:
            job(place)
        finally:
            places.put(place)

    with ThreadPoolExecutor(places.qsize()) as pool:
        for done in [pool.submit(work, job) for job in jobs]:
            done.result()


# How many seconds a run takes that leaves these steps out.
Durations = dict[tuple[str, ...], float]


@pytest.fixture(scope="module")
def undisturbed(evening: Workspace, places: Places) -> tuple[State, Durations]:
    """The state after a morning that nobody kills, and how long it took with and without report."""
    states: list[State] = []
    durations: Durations = {}

    def run(skipped: tuple[str, ...], place: Place) -> None:
        workspace = place.fill(evening)
        durations[skipped] = Trial(workspace, place.lane, NEXT_DAY, {}, skipped).run()
        states.append(read_state(workspace))

    in_each_place(places, [partial(run, skipped) for skipped in ((), REPORTS)])
    assert_same_state(*states)
    return states[0], durations


def test_a_morning_killed_anywhere_and_run_again_ends_the_same(
    evening: Workspace,
    undisturbed: tuple[State, Durations],
    places: Places,
):
    expected, durations = undisturbed
    published_before = read_published(evening)
    published_after = {
        table.removeprefix("published "): rows
        for table, rows in expected.items()
        if table.startswith("published ")
    }

    def trial(number: int) -> Callable[[Place], None]:
        def run(place: Place) -> None:
            skipped = () if number % 5 == 0 else REPORTS
            moment = (number + Random(number).random()) / KILLS * durations[skipped]
            end = 0
            while end != -signal.SIGKILL:
                workspace = place.fill(evening)
                morning = Trial(workspace, place.lane, NEXT_DAY, {}, skipped)
                end = morning.run_killed(partial(time.sleep, moment))
                if end != -signal.SIGKILL:  # the run was faster: anew, and killed earlier
                    moment *= 0.7
            assert read_published(workspace) in (published_before, published_after)
            morning.run()
            assert_same_state(read_state(workspace), expected)

        return run

    in_each_place(places, [trial(number) for number in range(KILLS)])


def unfinished_in(workspace: Workspace) -> list[Path]:
    return list(workspace.folder.glob(f".{workspace.bi.name}.*"))


def test_a_run_killed_while_it_publishes_leaves_the_file_of_the_day_before(
    evening: Workspace,
    undisturbed: tuple[State, Durations],
    places: Places,
):
    expected, _ = undisturbed

    def trial(number: int) -> Callable[[Place], None]:
        def run(place: Place) -> None:
            workspace = place.fill(evening)
            before = workspace.bi.read_bytes()

            def wait_for_half_a_file() -> None:
                deadline = time.monotonic() + 300
                while not unfinished_in(workspace) and time.monotonic() < deadline:
                    time.sleep(0.001)
                time.sleep(Random(number).random() * 0.02)

            morning = Trial(workspace, place.lane, NEXT_DAY, {}, REPORTS)
            assert morning.run_killed(wait_for_half_a_file) == -signal.SIGKILL
            assert workspace.bi.read_bytes() == before
            morning.run()
            assert_same_state(read_state(workspace), expected)
            assert not unfinished_in(workspace)

        return run

    in_each_place(places, [trial(number) for number in range(KILLS_WHILE_PUBLISHING)])


def demo_in(workspace: Workspace) -> Workspace:
    """Say that the raw folder is to hold a demo fleet, of which no file is written yet."""
    workspace.raw.mkdir()
    fleet = {**asdict(FLEET), "started_on": str(FLEET.started_on)}
    (workspace.raw / DEMO_MARKER).write_text(json.dumps(fleet))
    return workspace


def seconds_of_reports(workspace: Workspace) -> float:
    """How long the steps took that make reports, in a workspace's only run."""
    [(seconds, step_count)] = workspace.rows(
        "select sum(epoch(ended_at - started_at)), count(*) from ml.runs"
        " where step in ('report', 'model_report')"
    )
    assert step_count == len(REPORTS)
    return seconds


def test_a_first_morning_killed_anywhere_ends_the_same(
    new_workspace: Callable[[], Workspace], places: Places
):
    constants = {"DEMO_PAST_DAYS": 3}
    place = places.get()
    whole = Trial(demo_in(new_workspace()), place.lane, AS_OF, constants)
    duration = whole.run()
    places.put(place)
    expected = read_state(whole.workspace)
    durations = {(): duration, REPORTS: duration - seconds_of_reports(whole.workspace)}

    def trial(number: int) -> Callable[[Place], None]:
        workspace = demo_in(new_workspace())

        def run(place: Place) -> None:
            skipped = () if number % 3 == 0 else REPORTS
            morning = Trial(workspace, place.lane, AS_OF, constants, skipped)
            part = (number + Random(number).random()) / KILLS_OF_THE_FIRST_MORNING
            morning.run_killed(partial(time.sleep, part * durations[skipped]))
            morning.run()
            assert_same_state(read_state(workspace), expected)

        return run

    in_each_place(places, [trial(number) for number in range(KILLS_OF_THE_FIRST_MORNING)])
