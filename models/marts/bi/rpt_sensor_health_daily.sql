{#
    Ninety days are what a page shows. Each is judged by four weeks that ended one week before, so
    that what is wrong stays told for a week before it counts as usual.
#}
with

recent_days as (

    select * from {{ ref('fct_machine_metrics_daily') }}
    where
        measured_date > (
            select max(machine_days.measured_date) - 125
            from {{ ref('fct_machine_metrics_daily') }} as machine_days
        )

),

metric_names as (

    select * from {{ ref('metrics') }}

),

by_metric as (
    {% for metric in metrics() %}
    select
        kitchen_id,
        machine_id,
        arepa_type,
        '{{ metric }}' as metric,
        measured_date,
        {{ metric }}_mean as metric_mean,
        {{ metric }}_min as metric_min,
        {{ metric }}_max as metric_max,
        {{ metric }}_min in (0, -1, -99, -999, -9999, -32768)
        or {{ metric }}_max in (0, 99, 255, 999, 9999, 32767, 65535) as may_stand_in,
        reading_count,
        faulty_reading_count

    from recent_days
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

{#
    Each type has its own level, so that another mix of types is no change. A value that may stand
    for none says nothing of what is usual.
#}
with_usual as (

    select
        *,
        avg(metric_mean) over usual as usual_mean,
        stddev_samp(metric_mean) over usual as usual_deviation,
        min(case when not may_stand_in then metric_min end) over usual as usual_min,
        max(case when not may_stand_in then metric_max end) over usual as usual_max,
        nullif(avg(metric_max - metric_min) over usual, 0) as usual_spread,
        count(metric_mean) over usual as usual_day_count

    from by_metric

    window
        usual as (
            partition by machine_id, arepa_type, metric
            order by measured_date
            range between interval 35 days preceding and interval 8 days preceding
        )

),

compared as (

    select
        *,
        may_stand_in
        and (
            metric_min < usual_min - 3 * (usual_max - usual_min)
            or metric_max > usual_max + 3 * (usual_max - usual_min)
            or metric_min = 0
            and usual_min > 0
        ) as has_stand_in,
        log10(nullif(abs(metric_mean / nullif(usual_mean, 0)), 0)) as decades,
        case
            when usual_day_count >= 10
                then (metric_mean - usual_mean) / nullif(usual_deviation, 0)
        end as jump,
        (metric_max - metric_min) / usual_spread as spread_ratio

    from with_usual

),

pooled as (

    select
        kitchen_id,
        machine_id,
        metric,
        measured_date + 1 as as_of_date,
        coalesce(max(metric_max) <= min(metric_min) and sum(reading_count) >= 10, false)
            as is_flat,
        coalesce(bool_or(has_stand_in), false) as has_stand_in,
        coalesce(
            bool_or(abs(decades) > 0.95 and abs(decades - round(decades)) < 0.05), false
        ) as is_ten_fold,
        abs(sum(jump * reading_count) / nullif(sum(reading_count), 0)) as jump,
        sum(spread_ratio * reading_count) / nullif(sum(reading_count), 0)
            as spread_ratio,
        sum(faulty_reading_count) * 1e0
        / nullif(sum(reading_count + faulty_reading_count), 0) as faulty_share

    from compared

    group by kitchen_id, machine_id, metric, measured_date

),

{# A gauge that stands still for a day now and then is no worse for it. #}
judged as (

    select
        *,
        case
            when has_stand_in then 'stand_in_value'
            when is_ten_fold then 'power_of_ten'
            when
                is_flat
                and (
                    coalesce(lag(is_flat) over by_gauge, false)
                    or coalesce(
                        avg(case when is_flat then 1e0 else 0e0 end) over usual, 0
                    ) < 0.1
                )
                then 'stuck'
            when faulty_share > 0.5 then 'mostly_faulty'
            when faulty_share > 0.2 then 'often_faulty'
            when jump > 8 then 'level_jump'
            when spread_ratio > 4 then 'noise'
        end as reason

    from pooled

    window
        by_gauge as (partition by machine_id, metric order by as_of_date),
        usual as (
            partition by machine_id, metric
            order by as_of_date
            range between interval 28 days preceding and interval 1 days preceding
        )

),

numbered as (

    select
        *,
        {{ run_number("coalesce(reason, 'none')", 'machine_id, metric', 'as_of_date') }}
            as run_number

    from judged

),

final as (

    select
        numbered.kitchen_id,
        numbered.machine_id,
        numbered.metric,
        coalesce(metric_names.name_en, numbered.metric) as metric_name,
        metric_names.unit,
        numbered.as_of_date,
        case
            when numbered.reason is null then 'high'
            when numbered.reason in ('often_faulty', 'level_jump', 'noise')
                then 'medium'
            else 'low'
        end as grade,
        numbered.reason,
        min(numbered.as_of_date) over (
            partition by
                numbered.machine_id,
                numbered.metric,
                numbered.reason,
                numbered.run_number
        ) as since

    from numbered

    left join metric_names
        on numbered.metric = metric_names.metric

)

select * from final
