"""The simulated fleet: formats, seeds, and a world that obeys its own rules."""

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest

from python_ml.demo.files import write_fleet
from python_ml.demo.simulate import FleetPlan, SimulatedFleet, simulate_fleet

STARTED_ON = date(2026, 10, 13)
AS_OF = date(2026, 11, 22)
SMALL = FleetPlan(as_of=AS_OF, kitchens=2, days=40)
RAW_TABLES = (
    "cooking_metrics",
    "batch_registry",
    "faulty_intervals",
    "machines",
    "maintenance_events",
)


@pytest.fixture(scope="module")
def small_fleet() -> SimulatedFleet:
    """Two kitchens, 40 days."""
    return simulate_fleet(SMALL)


@pytest.fixture(scope="module")
def wide_fleet() -> SimulatedFleet:
    """Ten kitchens, 150 days, with few batches: the same wear in less time."""
    return simulate_fleet(FleetPlan(as_of=AS_OF, days=150, batches_per_machine=8))


def read_files(paths: list[Path], table_name: str) -> pd.DataFrame:
    """Read the files of one table the way a kitchen's reader would."""
    files = [path for path in paths if path.name.startswith(table_name)]
    frames = [pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig") for path in files]
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def read_stops(fleet: SimulatedFleet) -> pd.DataFrame:
    """Grain: one row per stop of a machine; open ones end in the far future."""
    stops = fleet.maintenance_events.to_pandas().drop_duplicates(["machine_id", "start_time"])
    stops["end_time"] = stops["end_time"].fillna(pd.Timestamp("2100-01-01"))
    stops["group"] = stops["machine_id"].str[:-3]
    return stops


def read_truth(fleet: SimulatedFleet) -> pd.DataFrame:
    """Grain: one row per machine and morning; with what then happened within 1 and 7 days."""
    truth = fleet.truth.to_pandas()
    truth["as_of_date"] = pd.to_datetime(truth["as_of_date"])
    stops = read_stops(fleet)
    stops["as_of_date"] = stops["start_time"].dt.floor("D")
    for kind in ("breakdown", "planned"):
        days = stops.loc[stops["kind"] == kind, ["machine_id", "as_of_date"]].drop_duplicates()
        truth = truth.merge(days.assign(**{kind: 1}), how="left")
    truth = truth.sort_values(["machine_id", "as_of_date"]).fillna({"breakdown": 0, "planned": 0})
    ahead = truth[::-1].groupby("machine_id")["breakdown"].rolling(7, min_periods=7).max()
    return truth.assign(breakdown_7=ahead.droplevel(0))


def test_files_have_the_names_columns_and_marks_of_the_kitchens(
    small_fleet: SimulatedFleet, tmp_path: Path
) -> None:
    paths = write_fleet(small_fleet, tmp_path)
    names = {str(path.relative_to(tmp_path)) for path in paths}
    expected = {
        f"k0{k}/{t}.csv" for k in (1, 2) for t in ("faulty_intervals", "maintenance_events")
    }
    expected |= {
        f"k0{k}/{table}_2026-{month}.csv"
        for k in (1, 2)
        for table in ("cooking_metrics", "batch_registry")
        for month in (10, 11)
    }
    assert names == expected | {"machines.csv"}
    assert names == {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    metrics = (tmp_path / "k01/cooking_metrics_2026-11.csv").read_bytes()
    assert metrics.startswith(b"\xef\xbb\xbftimestamp;machine_id;batch_id;metric_1;metric_2\n")
    line = rb"2026-11-\d\dT\d\d:\d\d:\d\d;k01-p\d-m\d;k01-202611\d\d-\d{4};-?\d+,\d{4};-?\d+,\d{4}"
    assert all(re.fullmatch(line, row) for row in metrics.splitlines()[1:])
    heads = {
        "k01/batch_registry_2026-11.csv": b"batch_id;arepa_type\n",
        "k02/faulty_intervals.csv": b"\xef\xbb\xbfmachine_id;start_time;end_time\n",
        "k02/maintenance_events.csv": b"machine_id;start_time;end_time;kind;finding;component\n",
        "machines.csv": b"machine_id;kitchen_id;phase;zone;installed_on\n",
    }
    for name, head in heads.items():
        assert (tmp_path / name).read_bytes().startswith(head)


def test_files_hold_every_row_of_the_fleet(small_fleet: SimulatedFleet, tmp_path: Path) -> None:
    paths = write_fleet(small_fleet, tmp_path)
    for name in RAW_TABLES:
        table = getattr(small_fleet, name)
        rows = read_files(paths, name)
        assert list(rows.columns) == table.column_names
        assert len(rows) == table.num_rows
    readings = read_files(paths, "cooking_metrics").sort_values(["timestamp", "machine_id"])
    for metric in SMALL.metrics:
        assert readings[metric].tolist() == small_fleet.cooking_metrics[metric].to_pylist()


def test_negative_numbers_and_small_numbers_survive_the_decimal_comma(tmp_path: Path) -> None:
    fleet = simulate_fleet(FleetPlan(as_of=AS_OF, kitchens=1, days=60))
    rows = read_files(write_fleet(fleet, tmp_path), "cooking_metrics")
    values = fleet.cooking_metrics["metric_1"].to_numpy()
    assert values.min() < -1
    assert ((values > -1) & (values < 0)).any()
    assert sorted(rows["metric_1"]) == sorted(values)


def test_a_fleet_without_faults_still_writes_the_needed_files(tmp_path: Path) -> None:
    fleet = simulate_fleet(FleetPlan(as_of=AS_OF, kitchens=2, days=1, seed=1))
    write_fleet(fleet, tmp_path)
    for kitchen in ("k01", "k02"):
        text = (tmp_path / kitchen / "faulty_intervals.csv").read_text(encoding="utf-8-sig")
        assert text.startswith("machine_id;start_time;end_time\n")


def test_the_truth_is_never_written(small_fleet: SimulatedFleet, tmp_path: Path) -> None:
    for path in write_fleet(small_fleet, tmp_path):
        assert not {"wear", "truth", "probability"} & set(re.split(r"\W|_", path.read_text()))


def test_unchanged_files_keep_their_time_and_changed_ones_are_replaced(
    small_fleet: SimulatedFleet, tmp_path: Path
) -> None:
    paths = write_fleet(small_fleet, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in paths}
    damaged = tmp_path / "k01/batch_registry_2026-10.csv"
    content = damaged.read_bytes()
    damaged.write_bytes(b"half a fi")
    assert write_fleet(small_fleet, tmp_path) == paths
    changed = {path for path in paths if path.stat().st_mtime_ns != before[path]}
    assert changed == {damaged}
    assert damaged.read_bytes() == content


def test_same_seed_gives_the_same_fleet_and_another_seed_another(
    small_fleet: SimulatedFleet,
) -> None:
    again = simulate_fleet(SMALL)
    other = simulate_fleet(FleetPlan(as_of=AS_OF, kitchens=2, days=40, seed=8))
    for name in (*RAW_TABLES, "truth"):
        assert getattr(again, name).equals(getattr(small_fleet, name))
    assert not other.cooking_metrics.equals(small_fleet.cooking_metrics)


@pytest.mark.parametrize("day_count", [1, 20, 39])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(
    small_fleet: SimulatedFleet, day_count: int
) -> None:
    cut = STARTED_ON + timedelta(days=day_count)
    short = simulate_fleet(FleetPlan(as_of=cut, kitchens=2, started_on=STARTED_ON))
    assert short.machines.equals(small_fleet.machines)
    for name, column in (
        ("cooking_metrics", "timestamp"),
        ("faulty_intervals", "start_time"),
        ("maintenance_events", "start_time"),
        ("truth", "as_of_date"),
    ):
        longer = getattr(small_fleet, name).to_pandas()
        last = cut + timedelta(days=name == "truth")
        longer = longer[pd.to_datetime(longer[column]) < pd.Timestamp(last)]
        if name == "maintenance_events":
            longer.loc[longer["end_time"] >= pd.Timestamp(cut), "end_time"] = pd.NaT
        pd.testing.assert_frame_equal(getattr(short, name).to_pandas(), longer)
    batches = small_fleet.batch_registry.slice(0, short.batch_registry.num_rows)
    assert short.batch_registry.equals(batches)


def test_finished_months_keep_their_bytes_when_a_day_is_added(
    small_fleet: SimulatedFleet, tmp_path: Path
) -> None:
    write_fleet(small_fleet, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*2026-10.csv")}
    plan = FleetPlan(as_of=AS_OF + timedelta(days=1), kitchens=2, started_on=STARTED_ON)
    write_fleet(simulate_fleet(plan), tmp_path)
    assert len(before) == 4
    assert all(path.read_bytes() == content for path, content in before.items())


@pytest.mark.parametrize("seed", range(5))
def test_every_kitchen_has_two_to_four_machines_of_each_phase(seed: int) -> None:
    fleet = simulate_fleet(FleetPlan(as_of=AS_OF, kitchens=12, days=1, seed=seed))
    machines = fleet.machines.to_pandas()
    sizes = machines.groupby(["kitchen_id", "phase"]).size()
    assert len(sizes) == 36
    assert sizes.between(2, 4).all()
    assert machines["machine_id"].is_unique
    assert set(machines["zone"]) == {"zone_1", "zone_2", "zone_3"}
    assert machines["machine_id"].str.fullmatch(r"k\d\d-p[123]-m[1-4]").all()


def test_a_kitchen_cooks_three_or_four_types(wide_fleet: SimulatedFleet) -> None:
    batches = wide_fleet.batch_registry.to_pandas()
    assert batches["batch_id"].is_unique
    types = batches.groupby(batches["batch_id"].str[:3])["arepa_type"].nunique()
    assert types.between(3, 4).all()
    assert set(batches["arepa_type"]) == {"a1", "a2", "a3", "a4", "a5", "a6"}


def test_a_batch_passes_the_phases_in_order_on_one_machine_each(
    small_fleet: SimulatedFleet,
) -> None:
    readings = small_fleet.cooking_metrics.to_pandas()
    readings["phase"] = readings["machine_id"].str[5].astype(int)
    assert (readings["machine_id"].str[:3] == readings["batch_id"].str[:3]).all()
    assert readings["batch_id"].isin(small_fleet.batch_registry["batch_id"].to_pylist()).all()
    assert readings["timestamp"].dt.hour.between(6, 21).all()
    passes = readings.groupby(["batch_id", "phase"]).agg(
        machines=("machine_id", "nunique"), begun_at=("timestamp", "min")
    )
    assert (passes["machines"] == 1).all()
    assert (passes["begun_at"].groupby("batch_id").diff().dropna() > pd.Timedelta(0)).all()
    per_machine_day = len(readings) / len(small_fleet.machines) / SMALL.day_count
    assert 40 < per_machine_day < 48


@pytest.mark.parametrize("sudden_hazard", [0.0, 0.5])
def test_no_phase_is_stopped_completely_by_plan(
    monkeypatch: pytest.MonkeyPatch, sudden_hazard: float
) -> None:
    monkeypatch.setattr("python_ml.demo.simulate.SUDDEN_HAZARD", sudden_hazard)
    monkeypatch.setattr("python_ml.demo.simulate.PLANNED_GAP_DAYS", (1, 4))
    fleet = simulate_fleet(SMALL)
    stops = read_stops(fleet)
    sizes = fleet.machines.to_pandas()["machine_id"].str[:-3].value_counts()
    planned = stops[stops["kind"] == "planned"]
    assert len(planned) > 100
    for stop in planned.itertuples():
        is_out = (stops["start_time"] <= stop.start_time) & (stops["end_time"] >= stop.start_time)
        assert (is_out & (stops["group"] == stop.group)).sum() < sizes[stop.group]


def test_a_machine_that_is_down_reports_nothing_and_never_stops_twice(
    wide_fleet: SimulatedFleet,
) -> None:
    stops = read_stops(wide_fleet).sort_values(["machine_id", "start_time"])
    next_start = stops.groupby("machine_id")["start_time"].shift(-1)
    assert (next_start.dropna() > stops["end_time"][next_start.notna()]).all()
    readings = dict(list(wide_fleet.cooking_metrics.to_pandas().groupby("machine_id")["timestamp"]))
    for stop in stops.itertuples():
        assert not readings[stop.machine_id].between(stop.start_time, stop.end_time).any()


def test_the_rules_hold_where_machines_break_all_the_time(
    small_fleet: SimulatedFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("python_ml.demo.simulate.SUDDEN_HAZARD", 1.0)
    fleet = simulate_fleet(SMALL)
    stops = read_stops(fleet).sort_values(["machine_id", "start_time"])
    previous_end = stops.groupby("machine_id")["end_time"].shift(1)
    assert (stops["start_time"] > previous_end)[previous_end.notna()].all()
    assert fleet.batch_registry.num_rows < 0.98 * small_fleet.batch_registry.num_rows
    assert fleet.truth["is_down"].to_numpy().mean() > 0.2


def test_stops_have_plausible_lengths_kinds_and_findings(wide_fleet: SimulatedFleet) -> None:
    events = wide_fleet.maintenance_events.to_pandas()
    assert not events.duplicated(["machine_id", "start_time", "component"]).any()
    assert events.duplicated(["machine_id", "start_time"]).any()
    hours = (events["end_time"] - events["start_time"]).dt.total_seconds() / 3600
    is_planned = events["kind"] == "planned"
    assert hours[is_planned].between(1, 3).all()
    assert (events["start_time"][is_planned].dt.strftime("%H:%M:%S") == "06:00:00").all()
    assert hours[~is_planned].dropna().between(3.99, 36).all()
    assert set(events["kind"]) == {"planned", "breakdown"}
    assert (events["finding"][~is_planned] == "fault_found").all()
    components = events.groupby(events["machine_id"].str[4:6])["component"].agg(set)
    assert [len(names) for names in components] == [3, 3, 3]
    assert len(set.union(*components)) == 9
    assert 0.05 < (events["finding"][is_planned] == "fault_found").mean() < 0.6


def test_a_breakdown_that_is_open_at_as_of_has_no_end(wide_fleet: SimulatedFleet) -> None:
    stops = read_stops(wide_fleet)
    is_over_night = stops["end_time"].dt.date > stops["start_time"].dt.date
    stop = stops[is_over_night].iloc[0]
    cut = stop["start_time"].date() + timedelta(days=1)
    started_on = AS_OF - timedelta(days=150)
    fleet = simulate_fleet(FleetPlan(as_of=cut, started_on=started_on, batches_per_machine=8))
    events = fleet.maintenance_events.to_pandas()
    is_stop = events["machine_id"].eq(stop["machine_id"])
    is_stop &= events["start_time"].eq(stop["start_time"])
    assert events["end_time"][is_stop].isna().all()
    assert events["end_time"].dropna().max() < pd.Timestamp(cut)
    truth = fleet.truth.to_pandas()
    now = truth[(truth["as_of_date"] == cut) & (truth["machine_id"] == stop["machine_id"])]
    assert now["is_down"].all()
    assert now["breakdown_probability_7_days"].isna().all()


def test_readings_in_faulty_intervals_are_garbage_and_boundaries_count(
    wide_fleet: SimulatedFleet,
) -> None:
    readings = wide_fleet.cooking_metrics.to_pandas()
    faults = wide_fleet.faulty_intervals.to_pandas()
    length = faults["end_time"] - faults["start_time"]
    assert (length >= pd.Timedelta(0)).all()
    assert (length <= pd.Timedelta(hours=12)).all()
    months = len(wide_fleet.machines) * 150 / 30.4
    assert 1 < len(faults) / months < 2.2
    following = faults.sort_values(["machine_id", "start_time"])
    overlaps = following.groupby("machine_id")["start_time"].shift(-1) <= following["end_time"]
    assert overlaps.sum() > 20
    is_faulty = pd.Series(False, index=readings.index)
    is_boundary = is_faulty.copy()
    for machine_id, own in readings.groupby("machine_id"):
        for fault in faults[faults["machine_id"] == machine_id].itertuples():
            inside = own["timestamp"].between(fault.start_time, fault.end_time)
            is_faulty[own.index[inside]] = True
            hits = own["timestamp"].isin([fault.start_time, fault.end_time])
            is_boundary[own.index[hits]] = True
    assert is_boundary.sum() > 50
    normal = readings["metric_1"][~is_faulty]
    is_outside = ~readings["metric_1"].between(normal.min(), normal.max())
    assert is_outside[is_boundary].mean() > 0.6
    assert readings["metric_1"][is_faulty].std() > 10 * readings["metric_1"][~is_faulty].std()
    assert readings["metric_1"][~is_faulty].between(-0.5, 2).all()


def test_true_probability_is_higher_where_machines_broke(wide_fleet: SimulatedFleet) -> None:
    truth = read_truth(wide_fleet).dropna(subset="breakdown_7")
    truth = truth[~truth["is_down"]]
    means = truth.groupby("breakdown_7")["breakdown_probability_7_days"].mean()
    assert means[1] > 4 * means[0]
    assert (truth["breakdown_probability_1_day"] < truth["breakdown_probability_7_days"]).all()


def test_true_one_day_probability_is_calibrated(wide_fleet: SimulatedFleet) -> None:
    truth = read_truth(wide_fleet).dropna(subset="breakdown_7")
    truth = truth[~truth["is_down"] & (truth["planned"] == 0)]
    chance = truth["breakdown_probability_1_day"]
    expected, spread = chance.sum(), np.sqrt((chance * (1 - chance)).sum())
    assert abs(truth["breakdown"].sum() - expected) < 4 * spread


def test_true_seven_day_probability_is_calibrated_without_planned_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("python_ml.demo.simulate.PLANNED_SKIP", 1.0)
    fleet = simulate_fleet(FleetPlan(as_of=AS_OF, kitchens=20, days=120, batches_per_machine=6))
    truth = read_truth(fleet).dropna(subset="breakdown_7")
    truth = truth[~truth["is_down"]]
    for low, high in ((0.0, 0.05), (0.05, 0.4), (0.4, 0.8), (0.8, 1.0)):
        rows = truth[truth["breakdown_probability_7_days"].between(low, high)]
        error = rows["breakdown_7"].mean() - rows["breakdown_probability_7_days"].mean()
        assert abs(error) < 0.05


def test_base_rate_is_six_to_twelve_percent(wide_fleet: SimulatedFleet) -> None:
    truth = read_truth(wide_fleet).dropna(subset="breakdown_7")
    assert 0.06 < truth.loc[~truth["is_down"], "breakdown_7"].mean() < 0.12


def test_wear_shows_in_the_metrics(wide_fleet: SimulatedFleet) -> None:
    readings = wide_fleet.cooking_metrics.to_pandas()
    readings["as_of_date"] = readings["timestamp"].dt.floor("D")
    readings = readings.merge(wide_fleet.batch_registry.to_pandas(), on="batch_id")
    truth = read_truth(wide_fleet)[["machine_id", "as_of_date", "wear"]]
    readings = readings.merge(truth, on=["machine_id", "as_of_date"])
    keys = ["machine_id", "arepa_type"]
    medians = {
        name: readings[rows].groupby(keys)[["metric_1", "metric_2"]].median()
        for name, rows in (("new", readings["wear"] < 0.5), ("worn", readings["wear"] > 0.9))
    }
    shift = (medians["worn"] - medians["new"]).groupby("arepa_type").mean().abs().max(axis=1)
    assert (shift > 0.01).all()


@pytest.mark.parametrize("metric_count", [1, 3, 6])
def test_any_number_of_metrics_works_and_leaves_the_events_alone(
    small_fleet: SimulatedFleet, tmp_path: Path, metric_count: int
) -> None:
    metrics = tuple(f"metric_{number + 1}" for number in range(metric_count))
    plan = FleetPlan(as_of=AS_OF, kitchens=2, days=40, metrics=metrics)
    fleet = simulate_fleet(plan)
    rows = read_files(write_fleet(fleet, tmp_path), "cooking_metrics")
    assert list(rows.columns) == ["timestamp", "machine_id", "batch_id", *metrics]
    assert rows.notna().all().all()
    assert fleet.maintenance_events.equals(small_fleet.maintenance_events)
    # The weather moves metrics alone, and is drawn after them.
    of_events, expected = (each.truth.drop_columns(["weather"]) for each in (fleet, small_fleet))
    assert of_events.equals(expected)


def test_values_have_four_decimals(small_fleet: SimulatedFleet) -> None:
    values = small_fleet.cooking_metrics["metric_2"].to_numpy()
    assert (values == np.round(values, 4)).all()


def test_truth_has_a_row_per_machine_and_morning_with_as_of_included(
    small_fleet: SimulatedFleet,
) -> None:
    truth = small_fleet.truth
    assert truth.num_rows == len(small_fleet.machines) * (SMALL.day_count + 1)
    assert pc.max(truth["as_of_date"]).as_py() == AS_OF
    assert pc.min(truth["as_of_date"]).as_py() == STARTED_ON


@pytest.mark.parametrize("wrong", [{"kitchens": 0}, {"metrics": ()}, {"days": 0}, {"zones": 0}])
def test_an_empty_plan_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a fleet needs"):
        FleetPlan(as_of=AS_OF, **wrong)
