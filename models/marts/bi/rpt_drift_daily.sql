{#
    Ninety mornings are what a page shows; thresholds are fitted with each training
    (python_ml/decisions/drift.py, which computes the same statistic).
#}
with

drift_references as (

    select * from {{ ref('stg_ml__drift_references') }}

),

recent_days as (

    select * from {{ ref('fct_machine_metrics_daily') }}
    where
        reading_count > 0
        and measured_date > (
            select max(machine_days.measured_date) - 117
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
        reading_count

    from recent_days
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

{# In deviations from each type's usual: another mix of types is no drift. #}
levels as (

    select
        by_metric.kitchen_id,
        by_metric.machine_id,
        by_metric.metric,
        by_metric.measured_date,
        max(drift_references.other_weight) as other_weight,
        max(drift_references.threshold) as threshold,
        cast(
            sum({{ in_order_free_decimals(
                '(by_metric.metric_mean - drift_references.usual_level)'
                ~ ' / drift_references.usual_deviation * by_metric.reading_count'
            ) }}) as double
        )
        / sum(by_metric.reading_count) as gauge_level

    from by_metric

    inner join drift_references
        on
            by_metric.machine_id = drift_references.machine_id
            and by_metric.arepa_type = drift_references.arepa_type
            and by_metric.metric = drift_references.metric

    where drift_references.usual_deviation > 0 and by_metric.metric_mean is not null

    group by
        by_metric.kitchen_id,
        by_metric.machine_id,
        by_metric.metric,
        by_metric.measured_date

),

{# Wear moves several metrics at once: what others explain is not the gauge's own. #}
own_levels as (

    select
        *,
        gauge_level - other_weight * coalesce(
            (
                cast(
                    sum({{ in_order_free_decimals('gauge_level') }})
                        over (partition by machine_id, measured_date)
                    as double
                )
                - gauge_level
            )
            / nullif(count(*) over (partition by machine_id, measured_date) - 1, 0),
            0
        ) as own_level

    from levels

),

own_parts as (

    select
        *,
        {{ in_order_free_decimals('own_level') }} as own_part

    from own_levels

),

averaged as (

    select
        *,
        max(measured_date) over () as newest_date,
        case
            when count(*) over newest >= 3
                then cast(sum(own_part) over newest as double) / count(*) over newest
        end
        - case
            when count(*) over earlier >= 10
                then cast(sum(own_part) over earlier as double) / count(*) over earlier
        end as statistic

    from own_parts

    window
        newest as (
            partition by machine_id, metric
            order by measured_date
            range between interval 5 days preceding and current row
        ),
        earlier as (
            partition by machine_id, metric
            order by measured_date
            range between interval 26 days preceding and interval 6 days preceding
        )

),

{# Once it has begun, an alarm lasts until well below the threshold. #}
judged as (

    select
        *,
        measured_date + 1 as as_of_date,
        coalesce(abs(statistic) > threshold, false) as is_high,
        coalesce(abs(statistic) > 0.75 * threshold, false) as is_held

    from averaged

    where measured_date > newest_date - 90

),

numbered as (

    select
        *,
        {{ run_number('is_held', 'machine_id, metric', 'as_of_date') }} as run_number

    from judged

),

dated as (

    select
        *,
        min(case when is_high then as_of_date end) over (
            partition by machine_id, metric, is_held, run_number
        ) as began_date

    from numbered

),

final as (

    select
        dated.kitchen_id,
        dated.machine_id,
        dated.metric,
        coalesce(metric_names.name_en, dated.metric) as metric_name,
        metric_names.unit,
        dated.as_of_date,
        coalesce(dated.as_of_date >= dated.began_date, false) as is_alarm,
        case
            when dated.statistic > 0 then 'up'
            when dated.statistic < 0 then 'down'
        end as direction,
        case when dated.as_of_date >= dated.began_date then dated.began_date end
            as drifting_since,
        dated.statistic,
        dated.threshold

    from dated

    left join metric_names
        on dated.metric = metric_names.metric

)

select * from final
