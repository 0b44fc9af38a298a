"""From raw files to features in one DuckDB query written by hand: RAW_DIR AS_OF OUT."""

import sys

import duckdb

QUERY = """
copy (
    with

    raw_readings as (
        select distinct
            timestamp as measured_at,
            machine_id,
            batch_id,
            metric_1,
            metric_2
        from read_csv(
            getvariable('raw_dir') || '/**/cooking_metrics*.csv',
            delim = ';', header = true, decimal_separator = ',',
            columns = {
                'timestamp': 'timestamp', 'machine_id': 'varchar', 'batch_id': 'varchar',
                'metric_1': 'double', 'metric_2': 'double'
            }
        )
    ),

    batches as (
        select distinct batch_id, arepa_type
        from read_csv(
            getvariable('raw_dir') || '/**/batch_registry*.csv',
            delim = ';', header = true,
            columns = {'batch_id': 'varchar', 'arepa_type': 'varchar'}
        )
    ),

    faulty_intervals as (
        select distinct machine_id, start_time, end_time
        from read_csv(
            getvariable('raw_dir') || '/**/faulty_intervals*.csv',
            delim = ';', header = true,
            columns = {
                'machine_id': 'varchar', 'start_time': 'timestamp', 'end_time': 'timestamp'
            }
        )
    ),

    events as (
        select distinct *
        from read_csv(
            getvariable('raw_dir') || '/**/maintenance_events*.csv',
            delim = ';', header = true,
            columns = {
                'machine_id': 'varchar', 'start_time': 'timestamp', 'end_time': 'timestamp',
                'kind': 'varchar', 'finding': 'varchar', 'component': 'varchar'
            }
        )
        where end_time is not null
    ),

    stops as (
        select distinct machine_id, end_time as ended_at
        from events
    ),

    phases as (
        select distinct machine_id, phase
        from read_csv(
            getvariable('raw_dir') || '/**/machines*.csv',
            delim = ';', header = true,
            columns = {
                'machine_id': 'varchar', 'kitchen_id': 'varchar', 'phase': 'integer',
                'zone': 'varchar', 'installed_on': 'date'
            }
        )
    ),

    -- A phase's parts are numbered as they first were serviced.
    parts as (
        select
            machine_id,
            end_time as serviced_at,
            dense_rank() over (
                partition by phase
                order by first_serviced_at, component
            ) as number
        from (
            select
                *,
                min(end_time) over (partition by phase, component) as first_serviced_at
            from events
            inner join phases using (machine_id)
            where
                component is not null
                and (
                    kind = 'breakdown'
                    or coalesce(finding, '') not in ('postponed', 'not_inspected')
                )
        )
    ),

    -- Intervals may overlap: each counts until the next one starts, but then with the latest end.
    faulty_until as (
        select
            machine_id,
            start_time,
            max(end_time) over (partition by machine_id order by start_time) as faulty_until,
            lead(start_time, 1, 'infinity') over (partition by machine_id order by start_time)
                as next_start_time
        from faulty_intervals
    ),

    faulty_days as (
        select
            *,
            unnest(generate_series(
                cast(start_time as date), cast(faulty_until as date), interval 1 day
            )) as day
        from faulty_until
    ),

    readings as (
        select
            raw_readings.*,
            batches.arepa_type,
            faulty_days.machine_id is not null as is_faulty
        from raw_readings
        inner join batches on raw_readings.batch_id = batches.batch_id
        left join faulty_days
            on raw_readings.machine_id = faulty_days.machine_id
            and cast(raw_readings.measured_at as date) = faulty_days.day
            and raw_readings.measured_at between start_time and faulty_until
            and raw_readings.measured_at < next_start_time
    ),

    hours as (
        select
            machine_id,
            arepa_type,
            date_trunc('hour', measured_at) as measured_hour_at,
            count(*) filter (where not is_faulty) as reading_count,
            count(*) filter (where is_faulty) as faulty_count,
            count(distinct batch_id) as batch_count,
            sum(metric_1) filter (where not is_faulty) as sum_1,
            sum(metric_2) filter (where not is_faulty) as sum_2,
            sum(metric_1 * metric_1) filter (where not is_faulty) as squares_1,
            sum(metric_2 * metric_2) filter (where not is_faulty) as squares_2,
            min(metric_1) filter (where not is_faulty) as min_1,
            min(metric_2) filter (where not is_faulty) as min_2,
            max(metric_1) filter (where not is_faulty) as max_1,
            max(metric_2) filter (where not is_faulty) as max_2
        from readings
        group by all
    ),

    days as (
        select
            machine_id,
            arepa_type,
            cast(measured_hour_at as date) as measured_date,
            sum(reading_count) as reading_count,
            sum(faulty_count) as faulty_count,
            sum(batch_count) as batch_count,
            count(*) filter (where reading_count > 0) as hour_count,
            sum(sum_1) as sum_1,
            sum(sum_2) as sum_2,
            sum(squares_1) as squares_1,
            sum(squares_2) as squares_2,
            min(min_1) as min_1,
            min(min_2) as min_2,
            max(max_1) as max_1,
            max(max_2) as max_2
        from hours
        group by all
    ),

    -- A machine and type stay on the list for 28 days after they last cooked.
    listed as (
        select distinct
            machine_id,
            arepa_type,
            cast(unnest(generate_series(
                measured_date + 1,
                least(measured_date + 28, cast(getvariable('as_of') as date)),
                interval 1 day
            )) as date) as as_of_date
        from days
    ),

    weeks as (
        select
            listed.machine_id,
            listed.arepa_type,
            listed.as_of_date,
            sum(reading_count) over week as reading_count,
            sum(faulty_count) over week as faulty_count,
            sum(batch_count) over week as batch_count,
            sum(hour_count) over week as hour_count,
            count(*) filter (where reading_count > 0) over week as day_count,
            sum_1 / nullif(reading_count, 0) as day_mean_1,
            sum_2 / nullif(reading_count, 0) as day_mean_2,
            sum(sum_1) over day_before / nullif(sum(reading_count) over day_before, 0)
                as day_mean_1_before,
            sum(sum_2) over day_before / nullif(sum(reading_count) over day_before, 0)
                as day_mean_2_before,
            sum(sum_1) over week as sum_1,
            sum(sum_2) over week as sum_2,
            sum(squares_1) over week as squares_1,
            sum(squares_2) over week as squares_2,
            min(min_1) over week as min_1,
            min(min_2) over week as min_2,
            max(max_1) over week as max_1,
            max(max_2) over week as max_2,
            cast(getvariable('as_of') as date) - listed.as_of_date as days_ago,
            sum(reading_count * days_ago) over week as day_sum,
            sum(reading_count * days_ago * days_ago) over week as day_squares,
            sum(sum_1 * days_ago) over week as products_1,
            sum(sum_2 * days_ago) over week as products_2
        from listed
        left join days
            on listed.machine_id = days.machine_id
            and listed.arepa_type = days.arepa_type
            and listed.as_of_date = days.measured_date + 1
        window
            week as (
                partition by listed.machine_id, listed.arepa_type
                order by listed.as_of_date
                range between interval 6 days preceding and current row
            ),
            day_before as (
                partition by listed.machine_id, listed.arepa_type
                order by listed.as_of_date
                range between interval 1 days preceding and interval 1 days preceding
            )
    ),

    machine_days as (
        select machine_id, measured_date, sum(batch_count) as batch_count
        from days
        group by all
    ),

    machine_mornings as (
        select
            mornings.machine_id,
            mornings.as_of_date,
            stops.ended_at,
            sum(machine_days.batch_count) over (
                partition by mornings.machine_id, stops.ended_at
                order by mornings.as_of_date
            ) as batch_count_since_last_stop
        from (select distinct machine_id, as_of_date from listed) as mornings
        asof left join stops
            on mornings.machine_id = stops.machine_id
            and mornings.as_of_date >= stops.ended_at
        left join machine_days
            on mornings.machine_id = machine_days.machine_id
            and mornings.as_of_date = machine_days.measured_date + 1
    ),

    part_clocks as (
        select
            mornings.machine_id,
            mornings.as_of_date,
            min(epoch(mornings.as_of_date - serviced_at)) filter (where number = 1) / 86400
                as days_since_part_1_service,
            min(epoch(mornings.as_of_date - serviced_at)) filter (where number = 2) / 86400
                as days_since_part_2_service,
            min(epoch(mornings.as_of_date - serviced_at)) filter (where number = 3) / 86400
                as days_since_part_3_service,
            min(epoch(mornings.as_of_date - serviced_at)) filter (where number = 4) / 86400
                as days_since_part_4_service
        from machine_mornings as mornings
        inner join parts
            on mornings.machine_id = parts.machine_id
            and mornings.as_of_date >= parts.serviced_at
        group by all
    )

    select
        weeks.machine_id,
        weeks.arepa_type,
        weeks.as_of_date,
        coalesce(reading_count, 0) as reading_count_7d,
        coalesce(batch_count, 0) as batch_count_7d,
        coalesce(hour_count, 0) as hour_count_7d,
        day_count as day_count_7d,
        faulty_count / nullif(reading_count + faulty_count, 0) as faulty_reading_ratio_7d,
        epoch(weeks.as_of_date - ended_at) / 86400 as days_since_last_stop,
        case when ended_at is not null then coalesce(batch_count_since_last_stop, 0) end
            as batch_count_since_last_stop,
        days_since_part_1_service,
        days_since_part_2_service,
        days_since_part_3_service,
        days_since_part_4_service,
        sum_1 / nullif(reading_count, 0) as metric_1_mean_7d,
        sqrt(greatest(squares_1 - sum_1 * sum_1 / nullif(reading_count, 0), 0)
            / nullif(greatest(reading_count - 1, 0), 0)) as metric_1_std_7d,
        min_1 as metric_1_min_7d,
        max_1 as metric_1_max_7d,
        (day_sum * sum_1 - reading_count * products_1)
            / nullif(reading_count * day_squares - day_sum * day_sum, 0) as metric_1_slope_7d,
        day_mean_1 as metric_1_mean_1d,
        day_mean_1_before as metric_1_mean_1d_before,
        day_mean_1 - metric_1_mean_7d as metric_1_last_day_delta_7d,
        sum_2 / nullif(reading_count, 0) as metric_2_mean_7d,
        sqrt(greatest(squares_2 - sum_2 * sum_2 / nullif(reading_count, 0), 0)
            / nullif(greatest(reading_count - 1, 0), 0)) as metric_2_std_7d,
        min_2 as metric_2_min_7d,
        max_2 as metric_2_max_7d,
        (day_sum * sum_2 - reading_count * products_2)
            / nullif(reading_count * day_squares - day_sum * day_sum, 0) as metric_2_slope_7d,
        day_mean_2 as metric_2_mean_1d,
        day_mean_2_before as metric_2_mean_1d_before,
        day_mean_2 - metric_2_mean_7d as metric_2_last_day_delta_7d
    from weeks
    left join machine_mornings
        on weeks.machine_id = machine_mornings.machine_id
        and weeks.as_of_date = machine_mornings.as_of_date
    left join part_clocks
        on weeks.machine_id = part_clocks.machine_id
        and weeks.as_of_date = part_clocks.as_of_date
) to '{out}' (format parquet)
"""


def main(raw_dir: str, as_of: str, out: str) -> None:
    """Run the query and write the features as Parquet."""
    with duckdb.connect() as connection:
        connection.execute("set variable raw_dir = ?", [raw_dir])
        connection.execute("set variable as_of = ?", [as_of])
        connection.execute(QUERY.replace("{out}", out))


if __name__ == "__main__":
    main(*sys.argv[1:])
