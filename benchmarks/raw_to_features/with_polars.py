"""From raw files to features in polars, lazily: RAW_DIR AS_OF OUT."""

import sys
from datetime import date
from pathlib import Path

import polars as pl

METRICS = ("metric_1", "metric_2")
GROUP = ("machine_id", "arepa_type")


def scan_table(raw_dir: Path, table: str) -> pl.LazyFrame:
    """Scan all files of a table, each row once."""
    return pl.scan_csv(
        raw_dir / "**" / f"{table}*.csv", separator=";", decimal_comma=True, try_parse_dates=True
    ).unique()


def flag_faulty(readings: pl.LazyFrame, intervals: pl.LazyFrame) -> pl.LazyFrame:
    """Mark the readings inside an interval of their machine, whether or not intervals overlap."""
    latest_ends = intervals.sort("start_time").select(
        "machine_id", "start_time", faulty_until=pl.col("end_time").cum_max().over("machine_id")
    )
    return (
        readings.sort("timestamp")
        .join_asof(
            latest_ends,
            left_on="timestamp",
            right_on="start_time",
            by="machine_id",
            check_sortedness=False,
        )
        .with_columns(is_faulty=(pl.col("timestamp") <= pl.col("faulty_until")).fill_null(False))
    )


def sum_by_day(readings: pl.LazyFrame) -> pl.LazyFrame:
    """Sum the readings by hour and by day. Grain: one row per machine_id, arepa_type, date."""
    reliable = readings.with_columns(pl.when(~pl.col("is_faulty")).then(pl.col(METRICS)))
    hours = reliable.group_by(*GROUP, hour=pl.col("timestamp").dt.truncate("1h")).agg(
        pl.col("is_faulty").not_().sum().alias("reading_count"),
        pl.col("is_faulty").sum().alias("faulty_count"),
        pl.col("batch_id").n_unique().alias("batch_count"),
        *(pl.col(m).sum().alias(f"{m}_sum") for m in METRICS),
        *((pl.col(m) ** 2).sum().alias(f"{m}_squares") for m in METRICS),
        *(pl.col(m).min().alias(f"{m}_min") for m in METRICS),
        *(pl.col(m).max().alias(f"{m}_max") for m in METRICS),
    )
    return hours.group_by(*GROUP, date=pl.col("hour").dt.date()).agg(
        pl.col("reading_count", "faulty_count", "batch_count").sum(),
        (pl.col("reading_count") > 0).sum().alias("hour_count"),
        *(pl.col(f"{m}_sum", f"{m}_squares").sum() for m in METRICS),
        *(pl.col(f"{m}_min").min() for m in METRICS),
        *(pl.col(f"{m}_max").max() for m in METRICS),
    )


def list_mornings(days: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """List the 28 mornings after each day. Grain: machine_id, arepa_type, as_of_date."""
    after = pl.date_ranges(
        pl.col("date").dt.offset_by("1d"),
        pl.min_horizontal(pl.col("date").dt.offset_by("28d"), pl.lit(as_of)),
    )
    return days.select(*GROUP, as_of_date=after).explode("as_of_date").unique()


def compute_weeks(days: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Compute the seven-day features. Grain: one row per machine_id, arepa_type, as_of_date."""
    day_number = (pl.col("as_of_date") - pl.lit(as_of)).dt.total_days()
    count_by_day = pl.col("reading_count").cast(pl.Int64)
    weeks = (
        list_mornings(days, as_of)
        .join(
            days.with_columns(as_of_date=pl.col("date").dt.offset_by("1d")),
            on=[*GROUP, "as_of_date"],
            how="left",
        )
        .sort(*GROUP, "as_of_date")
        .with_columns(day_number=day_number)
        .rolling("as_of_date", period="7d", group_by=GROUP)
        .agg(
            pl.col("reading_count", "faulty_count", "batch_count", "hour_count").sum(),
            (pl.col("reading_count") > 0).sum().alias("day_count"),
            (count_by_day * pl.col("day_number")).sum().alias("day_sum"),
            (count_by_day * pl.col("day_number") ** 2).sum().alias("day_squares"),
            *(
                (pl.col(f"{m}_sum") * pl.col("day_number")).sum().alias(f"{m}_products")
                for m in METRICS
            ),
            *((pl.col(f"{m}_sum") / count_by_day).last().alias(f"{m}_mean_1d") for m in METRICS),
            *(
                _day_before(pl.col(f"{m}_sum") / count_by_day).alias(f"{m}_mean_1d_before")
                for m in METRICS
            ),
            *(pl.col(f"{m}_sum", f"{m}_squares").sum() for m in METRICS),
            *(pl.col(f"{m}_min").min() for m in METRICS),
            *(pl.col(f"{m}_max").max() for m in METRICS),
        )
        .with_columns(pl.col("reading_count").cast(pl.Int64))
    )
    count, faulty_count = pl.col("reading_count"), pl.col("faulty_count")
    return weeks.select(
        *GROUP,
        "as_of_date",
        count.alias("reading_count_7d"),
        pl.col("batch_count").alias("batch_count_7d"),
        pl.col("hour_count").alias("hour_count_7d"),
        pl.col("day_count").alias("day_count_7d"),
        pl.when(count + faulty_count > 0)
        .then(faulty_count / (count + faulty_count))
        .alias("faulty_reading_ratio_7d"),
        *(column for metric in METRICS for column in week_statistics(metric)),
    )


def _day_before(values: pl.Expr) -> pl.Expr:
    """Take a week's value of the day before its last."""
    morning = pl.col("as_of_date")
    return values.filter(morning == morning.last().dt.offset_by("-1d")).last()


def week_statistics(metric: str) -> list[pl.Expr]:
    """Express the features of one metric in the sums of its week."""
    count, total = pl.col("reading_count"), pl.col(f"{metric}_sum")
    day_sum, day_squares = pl.col("day_sum"), pl.col("day_squares")
    mean = pl.when(count > 0).then(total / count)
    variance = (pl.col(f"{metric}_squares") - total * mean).clip(0) / (count - 1)
    spread = count * day_squares - day_sum**2
    slope = (count * pl.col(f"{metric}_products") - day_sum * total) / spread
    mean_1d = pl.col(f"{metric}_mean_1d").fill_nan(None)
    return [
        mean.alias(f"{metric}_mean_7d"),
        pl.when(count > 1).then(variance.sqrt()).alias(f"{metric}_std_7d"),
        pl.col(f"{metric}_min").alias(f"{metric}_min_7d"),
        pl.col(f"{metric}_max").alias(f"{metric}_max_7d"),
        pl.when(spread > 0).then(slope).alias(f"{metric}_slope_7d"),
        mean_1d,
        pl.col(f"{metric}_mean_1d_before").fill_nan(None),
        (mean_1d - mean).alias(f"{metric}_last_day_delta_7d"),
    ]


def compute_since_stop(days: pl.LazyFrame, stops: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Count days and batches since the last stop. Grain: one row per machine_id, as_of_date."""
    batches = days.group_by("machine_id", as_of_date=pl.col("date").dt.offset_by("1d")).agg(
        pl.col("batch_count").sum()
    )
    morning = pl.col("as_of_date").cast(pl.Datetime("us"))
    ended_at = pl.col("end_time")
    return (
        list_mornings(days, as_of)
        .select("machine_id", "as_of_date")
        .unique()
        .join(batches, on=["machine_id", "as_of_date"], how="left")
        .with_columns(morning=morning)
        .sort("morning")
        .join_asof(
            stops.drop_nulls("end_time").select("machine_id", "end_time").sort("end_time"),
            left_on="morning",
            right_on="end_time",
            by="machine_id",
            coalesce=False,
            check_sortedness=False,
        )
        .select(
            "machine_id",
            "as_of_date",
            days_since_last_stop=(pl.col("morning") - ended_at).dt.total_seconds() / 86400,
            batch_count_since_last_stop=pl.when(ended_at.is_not_null()).then(
                pl.col("batch_count").fill_null(0).cum_sum().over("machine_id", "end_time")
            ),
        )
    )


def compute_part_clocks(
    mornings: pl.LazyFrame, events: pl.LazyFrame, machines: pl.LazyFrame
) -> pl.LazyFrame:
    """Count days since a phase's first four parts were serviced. Grain: machine_id, as_of_date."""
    finding = pl.col("finding").fill_null("")
    services = (
        events.drop_nulls(["component", "end_time"])
        .filter((pl.col("kind") == "breakdown") | ~finding.is_in(["postponed", "not_inspected"]))
        .join(machines, on="machine_id")
        .with_columns(first=pl.col("end_time").min().over("phase", "component"))
        .with_columns(
            number=pl.struct("first", "component").rank("dense").over("phase").cast(pl.Int64)
        )
        .sort("end_time")
    )
    clocks = mornings.select(
        "machine_id", "as_of_date", morning=pl.col("as_of_date").cast(pl.Datetime("us"))
    ).sort("morning")
    for number in range(1, 5):
        of_part = services.filter(pl.col("number") == number)
        clocks = clocks.join_asof(
            of_part.select("machine_id", serviced=pl.col("end_time")),
            left_on="morning",
            right_on="serviced",
            by="machine_id",
            coalesce=False,
            check_sortedness=False,
        ).select(
            pl.exclude("serviced"),
            ((pl.col("morning") - pl.col("serviced")).dt.total_seconds() / 86400).alias(
                f"days_since_part_{number}_service"
            ),
        )
    return clocks.drop("morning")


def build_features(raw_dir: Path, as_of: date) -> pl.LazyFrame:
    """Build the features. Grain: one row per machine_id, arepa_type, as_of_date."""
    readings = scan_table(raw_dir, "cooking_metrics")
    batches = scan_table(raw_dir, "batch_registry")
    intervals = scan_table(raw_dir, "faulty_intervals")
    stops = scan_table(raw_dir, "maintenance_events")
    machines = scan_table(raw_dir, "machines")
    days = sum_by_day(flag_faulty(readings.join(batches, on="batch_id"), intervals)).cache()
    weeks = compute_weeks(days, as_of)
    since = compute_since_stop(days, stops, as_of)
    clocks = compute_part_clocks(since, stops, machines)
    keys = ["machine_id", "as_of_date"]
    return weeks.join(since, on=keys, how="left").join(clocks, on=keys, how="left")


if __name__ == "__main__":
    features = build_features(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
    features.collect(engine="streaming").write_parquet(sys.argv[3])
