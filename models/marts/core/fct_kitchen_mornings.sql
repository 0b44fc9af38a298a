{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='as_of_date',
        meta={'affected_by': 'int_as_of_dates_affected'}
    )
}}

{%- set affected_dates = ref('int_as_of_dates_affected') %}

with

machine_days as (

    select * from {{ ref('int_machine_days') }}
    {% if is_incremental() -%}
    where
        measured_date >= (
            select min(affected_dates.as_of_date) - 28
            from {{ affected_dates }} as affected_dates
        )
    {%- endif %}

),

machine_mornings as (

    select * from {{ ref('int_machine_mornings') }}
    {% if is_incremental() -%}
    where
        as_of_date >= (
            select min(affected_dates.as_of_date) - 27
            from {{ affected_dates }} as affected_dates
        )
    {%- endif %}

),

readings_by_day as (

    select
        machine_id,
        measured_date,
        sum(reading_count + faulty_reading_count) as reading_count,
        max(last_measured_at) as last_measured_at

    from machine_days

    group by all

),

{# Each morning with what the machine sent on the day before. #}
placed as (

    select
        machine_mornings.kitchen_id,
        machine_mornings.machine_id,
        machine_mornings.as_of_date,
        machine_mornings.is_down,
        readings_by_day.last_measured_at,
        coalesce(readings_by_day.reading_count, 0) as reading_count

    from machine_mornings

    left join readings_by_day
        on
            machine_mornings.machine_id = readings_by_day.machine_id
            and machine_mornings.as_of_date = readings_by_day.measured_date + 1

),

summed as (

    select
        kitchen_id,
        as_of_date,
        is_down,
        reading_count as reading_count_1d,
        sum(reading_count) over trailing_2d as reading_count_2d,
        sum(reading_count) over trailing_7d as reading_count_7d,
        sum(reading_count) over trailing_28d as reading_count_28d,
        max(last_measured_at) over trailing_28d as last_measured_at

    from placed

    window
        trailing_2d as (
            partition by machine_id
            order by as_of_date
            range between interval 1 day preceding and current row
        ),
        trailing_7d as (
            partition by machine_id
            order by as_of_date
            range between interval 6 days preceding and current row
        ),
        trailing_28d as (
            partition by machine_id
            order by as_of_date
            range between interval 27 days preceding and current row
        )

),

final as (

    select
        kitchen_id,
        as_of_date,
        max(last_measured_at) as last_measured_at,
        cast(sum(reading_count_1d) as bigint) as reading_count_1d,
        cast(sum(reading_count_7d) as bigint) as reading_count_7d,
        count(*) filter (where reading_count_28d > 0) as machine_count,
        count(*) filter (
            where reading_count_28d > 0 and reading_count_2d = 0 and not is_down
        ) as silent_machine_count

    from summed

    group by kitchen_id, as_of_date

)

select * from final
{{ only_affected('as_of_date', 'int_as_of_dates_affected') }}
