{# Sums of decimals and quantiles alone: they have the same bits in any order. #}
with

machine_days as (

    select * from {{ ref('fct_machine_metrics_daily') }}

),

metric_names as (

    select * from {{ ref('metrics') }}

),

newest_day as (

    select max(measured_date) as measured_date

    from machine_days

),

windows as (
    {% for days in (1, 7, 28, 90) %}
    select
        measured_date,
        {{ days }} as window_days

    from newest_day
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

windowed as (

    select
        machine_days.*,
        windows.window_days,
        windows.measured_date + 1 as as_of_date

    from machine_days

    inner join windows
        on machine_days.measured_date > windows.measured_date - windows.window_days

),

by_metric as (
    {% for metric in metrics() %}
    select
        kitchen_id,
        machine_id,
        phase,
        arepa_type,
        as_of_date,
        window_days,
        '{{ metric }}' as metric,
        {{ metric }}_mean as metric_mean,
        {{ metric }}_min as metric_min,
        {{ metric }}_max as metric_max,
        reading_count,
        faulty_reading_count

    from windowed
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

summed as (

    select
        machine_id,
        arepa_type,
        metric,
        window_days,
        as_of_date,
        max(kitchen_id) as kitchen_id,
        max(phase) as phase,
        count(metric_mean) as day_count,
        sum(reading_count) as reading_count,
        cast(sum(faulty_reading_count) as double)
        / nullif(sum(reading_count + faulty_reading_count), 0) as faulty_reading_ratio,
        cast(sum({{ in_order_free_decimals('metric_mean * reading_count') }}) as double)
        / nullif(sum(reading_count), 0) as metric_mean,
        min(metric_min) as metric_min,
        max(metric_max) as metric_max,
        {{ quantile('metric_mean', 0.05) }} as day_mean_low,
        {{ quantile('metric_mean', 0.5) }} as day_mean_median,
        {{ quantile('metric_mean', 0.95) }} as day_mean_high

    from by_metric

    group by machine_id, arepa_type, metric, window_days, as_of_date

),

final as (

    select
        summed.kitchen_id,
        summed.machine_id,
        summed.phase,
        summed.arepa_type,
        summed.metric,
        coalesce(metric_names.name_en, summed.metric) as metric_name,
        metric_names.unit,
        summed.window_days,
        summed.as_of_date,
        summed.day_count,
        cast(summed.reading_count as bigint) as reading_count,
        summed.faulty_reading_ratio,
        summed.metric_mean,
        summed.metric_min,
        summed.metric_max,
        summed.day_mean_low,
        summed.day_mean_median,
        summed.day_mean_high

    from summed

    left join metric_names
        on summed.metric = metric_names.metric

)

select * from final
