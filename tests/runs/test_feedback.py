"""Answers flow back: what each of them does to labels, features and the maintenance log."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from python_ml.raw.feedback import append_answer, parse_answer
from tests.conftest import Workspace

pytestmark = pytest.mark.slow

FIRST, STOP_DAY, AS_OF = date(2026, 10, 1), date(2026, 10, 12), date(2026, 10, 25)
HOSTILE = '=m;"5'
FINDINGS = {
    "m1": "fault_found",
    "m2": "nothing_found",
    "m3": "postponed",
    "m4": "not_inspected",
    HOSTILE: "fault_found",
}


def raw_files(workspace: Workspace) -> None:
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in [*FINDINGS, "m6"]}
    days = [FIRST + timedelta(days=number) for number in range((AS_OF - FIRST).days)]
    batches = [
        (f"b{number}", f"{day}T10:00:00", machine)
        for number, (day, machine) in enumerate((d, m) for d in days for m in quoted)
    ]
    workspace.write(
        "machines.csv",
        "machine_id;kitchen_id;phase\n" + "".join(f"{name};k1;1\n" for name in quoted.values()),
    )
    workspace.write(
        "batch_registry.csv",
        "batch_id;arepa_type\n" + "".join(f"{batch};a1\n" for batch, _, _ in batches),
    )
    workspace.write(
        "cooking_metrics.csv",
        "timestamp;machine_id;batch_id;metric_1;metric_2\n"
        + "".join(f"{at};{quoted[machine]};{batch};1,5;2\n" for batch, at, machine in batches),
    )
    workspace.write("faulty_intervals.csv", "")
    # The log knows m3's visit too, without what came of it: the answer is the fuller row.
    workspace.write(
        "maintenance_events.csv",
        "machine_id;start_time;end_time;kind;finding;component\n"
        f"m3;{STOP_DAY}T07:00:00;{STOP_DAY}T08:00:00;planned;;\n"
        f"m6;{STOP_DAY}T07:00:00;{STOP_DAY}T08:00:00;breakdown;not_inspected;\n",
    )


@pytest.fixture(scope="module")
def answered(new_workspace: Callable[[], Workspace]) -> Workspace:
    workspace = new_workspace()
    raw_files(workspace)
    for machine, finding in FINDINGS.items():
        fields = {
            "machine_id": machine,
            "start_time": f"{STOP_DAY}T07:00:00",
            "end_time": f"{STOP_DAY}T08:00:00",
            "finding": finding,
        }
        append_answer(workspace.settings(), parse_answer(fields))
    assert workspace.arepas("build", "--as-of", AS_OF.isoformat()) == 0
    return workspace


def test_every_answer_is_in_the_maintenance_log_with_its_finding(answered: Workspace):
    events = answered.rows(
        "select machine_id, finding from core.fct_maintenance_events where kind = 'planned'"
    )
    assert dict(events) == FINDINGS
    assert len(events) == len(FINDINGS)


def test_an_inspected_stop_censors_the_labels_before_it(answered: Workspace):
    labels = dict(
        answered.rows(
            "select machine_id, has_breakdown from features.label_machine_daily"
            " where as_of_date = ?",
            (STOP_DAY - timedelta(days=2),),
        )
    )
    assert {m: labels[m] for m in ("m1", "m2", HOSTILE)} == dict.fromkeys(("m1", "m2", HOSTILE))
    assert (labels["m3"], labels["m4"]) == (False, False)
    assert labels["m6"] is True


def test_only_an_inspected_stop_starts_the_days_since_the_last_stop_anew(answered: Workspace):
    since = dict(
        answered.rows(
            "select machine_id, days_since_last_stop from features.feat_machine_arepa_daily"
            " where as_of_date = ?",
            (STOP_DAY + timedelta(days=3),),
        )
    )
    for machine, finding in FINDINGS.items():
        if finding in {"postponed", "not_inspected"}:
            assert since[machine] is None
        else:
            assert since[machine] == pytest.approx(2 + 16 / 24)
