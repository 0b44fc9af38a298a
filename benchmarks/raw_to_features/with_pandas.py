"""From raw files to features in pandas, as an analyst plainly writes it: RAW_DIR AS_OF OUT."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

METRICS = ("metric_1", "metric_2")
GROUP = ["machine_id", "arepa_type"]
ONE_DAY = pd.Timedelta(days=1)


def read_table(raw_dir: Path, table: str, times: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read all files of a table, each row once."""
    files = sorted(raw_dir.rglob(f"{table}*.csv"))
    rows = pd.concat([pd.read_csv(file, sep=";", decimal=",") for file in files])
    rows = rows.drop_duplicates(ignore_index=True)
    for column in times:
        rows[column] = pd.to_datetime(rows[column])
    return rows


def flag_faulty(readings: pd.DataFrame, intervals: pd.DataFrame) -> pd.Series:
    """Say of each reading whether it lies in an interval of its machine."""
    is_faulty = pd.Series(False, index=readings.index)
    intervals_of = dict(list(intervals.groupby("machine_id")))
    for machine_id, timestamps in readings.groupby("machine_id")["timestamp"]:
        if machine_id in intervals_of:
            for interval in intervals_of[machine_id].itertuples():
                inside = timestamps.between(interval.start_time, interval.end_time)
                is_faulty[timestamps.index[inside]] = True
    return is_faulty


def sum_by_hour(readings: pd.DataFrame) -> pd.DataFrame:
    """Sum the readings. Grain: one row per machine_id, arepa_type, hour."""
    keys = [*GROUP, "hour"]
    readings["hour"] = readings["timestamp"].dt.floor("h")
    for metric in METRICS:
        readings[f"{metric}_square"] = readings[metric] ** 2
    reliable = readings[~readings["is_faulty"]].groupby(keys)
    hours = readings.groupby(keys).agg(
        batch_count=("batch_id", "nunique"), faulty_count=("is_faulty", "sum")
    )
    hours["reading_count"] = reliable.size()
    hours["reading_count"] = hours["reading_count"].fillna(0)
    for metric in METRICS:
        hours[f"{metric}_sum"] = reliable[metric].sum()
        hours[f"{metric}_squares"] = reliable[f"{metric}_square"].sum()
        hours[f"{metric}_min"] = reliable[metric].min()
        hours[f"{metric}_max"] = reliable[metric].max()
    return hours.reset_index()


def sum_by_day(hours: pd.DataFrame) -> pd.DataFrame:
    """Sum the hours. Grain: one row per machine_id, arepa_type, date."""
    hours["date"] = hours["hour"].dt.normalize()
    hours["hour_count"] = hours["reading_count"] > 0
    totals = ["batch_count", "faulty_count", "reading_count", "hour_count"]
    statistics = dict.fromkeys(totals, "sum")
    for metric in METRICS:
        statistics |= {f"{metric}_sum": "sum", f"{metric}_squares": "sum"}
        statistics |= {f"{metric}_min": "min", f"{metric}_max": "max"}
    return hours.groupby([*GROUP, "date"]).agg(statistics).reset_index()


def compute_week(days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Compute the features of one machine and type on every morning of the calendar."""
    calendar = pd.date_range(days["date"].min(), as_of - ONE_DAY)
    daily = days.set_index("date").reindex(calendar)
    is_listed = daily["batch_count"].notna().rolling(28, min_periods=1).max() > 0
    day_number = np.arange(len(calendar))
    count_1d = daily["reading_count"].fillna(0)

    def sum_week(values: pd.Series) -> pd.Series:
        return values.fillna(0).rolling(7, min_periods=1).sum()

    count = sum_week(daily["reading_count"])
    faulty_count = sum_week(daily["faulty_count"])
    day_sum = sum_week(count_1d * day_number)
    day_squares = sum_week(count_1d * day_number**2)
    features = pd.DataFrame({"as_of_date": calendar + ONE_DAY}, index=calendar)
    features["reading_count_7d"] = count
    features["batch_count_7d"] = sum_week(daily["batch_count"])
    features["hour_count_7d"] = sum_week(daily["hour_count"])
    features["day_count_7d"] = sum_week(count_1d > 0)
    features["faulty_reading_ratio_7d"] = faulty_count / (count + faulty_count)
    for metric in METRICS:
        total = sum_week(daily[f"{metric}_sum"])
        squares = sum_week(daily[f"{metric}_squares"])
        products = sum_week(daily[f"{metric}_sum"] * day_number)
        mean = (total / count).where(count > 0)
        variance = (squares - total * mean).clip(lower=0) / (count - 1)
        spread = (count * day_squares - day_sum**2).where(lambda days: days > 0)
        mean_1d = daily[f"{metric}_sum"] / count_1d
        features[f"{metric}_mean_7d"] = mean
        features[f"{metric}_std_7d"] = np.sqrt(variance.where(count > 1))
        features[f"{metric}_min_7d"] = daily[f"{metric}_min"].rolling(7, min_periods=1).min()
        features[f"{metric}_max_7d"] = daily[f"{metric}_max"].rolling(7, min_periods=1).max()
        features[f"{metric}_slope_7d"] = (count * products - day_sum * total) / spread
        features[f"{metric}_mean_1d"] = mean_1d
        features[f"{metric}_mean_1d_before"] = mean_1d.where(is_listed).shift(1)
        features[f"{metric}_last_day_delta_7d"] = mean_1d - mean
    return features[is_listed]


def compute_since_stop(
    days: pd.DataFrame, stops: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Count days and batches since the last stop. Grain: one row per machine_id, as_of_date."""
    batches = days.groupby(["machine_id", "date"])["batch_count"].sum()
    mornings = []
    for machine_id, of_machine in batches.groupby("machine_id"):
        of_machine = of_machine.droplevel("machine_id")
        calendar = pd.date_range(of_machine.index.min(), as_of - ONE_DAY)
        counts = of_machine.reindex(calendar, fill_value=0).to_numpy()
        mornings.append(
            pd.DataFrame(
                {"machine_id": machine_id, "as_of_date": calendar + ONE_DAY, "batch_count": counts}
            )
        )
    since = pd.merge_asof(
        pd.concat(mornings).sort_values("as_of_date"),
        stops.dropna(subset="end_time")[["machine_id", "end_time"]].sort_values("end_time"),
        left_on="as_of_date",
        right_on="end_time",
        by="machine_id",
    )
    since["days_since_last_stop"] = (since["as_of_date"] - since["end_time"]) / ONE_DAY
    since["batch_count_since_last_stop"] = since.groupby(["machine_id", "end_time"])[
        "batch_count"
    ].cumsum()
    return since.drop(columns=["batch_count", "end_time"])


def compute_part_clocks(
    mornings: pd.DataFrame, events: pd.DataFrame, machines: pd.DataFrame
) -> pd.DataFrame:
    """Count days since a phase's first four parts were serviced. Grain: machine_id, as_of_date."""
    services = events.dropna(subset=["component", "end_time"]).merge(machines, on="machine_id")
    was_left = services["finding"].isin(["postponed", "not_inspected"])
    services = services[(services["kind"] == "breakdown") | ~was_left].sort_values("end_time")
    firsts = services.groupby(["phase", "component"])["end_time"].min().reset_index()
    firsts = firsts.sort_values(["end_time", "component"])
    firsts["number"] = firsts.groupby("phase").cumcount() + 1
    services = services.merge(firsts[["phase", "component", "number"]])
    clocks = mornings[["machine_id", "as_of_date"]].sort_values("as_of_date")
    for number in range(1, 5):
        of_part = services[services["number"] == number].sort_values("end_time")
        clocks = pd.merge_asof(
            clocks,
            of_part[["machine_id", "end_time"]],
            left_on="as_of_date",
            right_on="end_time",
            by="machine_id",
        )
        passed = clocks["as_of_date"] - clocks.pop("end_time")
        clocks[f"days_since_part_{number}_service"] = passed / ONE_DAY
    return clocks


def build_features(raw_dir: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    """Build the features. Grain: one row per machine_id, arepa_type, as_of_date."""
    readings = read_table(raw_dir, "cooking_metrics", times=("timestamp",))
    batches = read_table(raw_dir, "batch_registry")
    intervals = read_table(raw_dir, "faulty_intervals", times=("start_time", "end_time"))
    stops = read_table(raw_dir, "maintenance_events", times=("start_time", "end_time"))
    readings = readings.merge(batches, on="batch_id")
    readings["is_faulty"] = flag_faulty(readings, intervals)
    days = sum_by_day(sum_by_hour(readings))
    weeks = [
        compute_week(group, as_of).assign(machine_id=machine_id, arepa_type=arepa_type)
        for (machine_id, arepa_type), group in days.groupby(GROUP)
    ]
    since = compute_since_stop(days, stops, as_of)
    clocks = compute_part_clocks(since, stops, read_table(raw_dir, "machines"))
    keys = ["machine_id", "as_of_date"]
    return pd.concat(weeks).merge(since, on=keys, how="left").merge(clocks, on=keys, how="left")


if __name__ == "__main__":
    build_features(Path(sys.argv[1]), pd.Timestamp(sys.argv[2])).to_parquet(
        sys.argv[3], index=False
    )
