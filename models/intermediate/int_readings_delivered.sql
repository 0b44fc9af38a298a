{{ config(materialized='table') }}

with

days_delivered as (

    select * from {{ ref('int_days_delivered') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{# What a file says anew of a day: more lines than its version before. #}
counted as (

    select
        measured_date,
        greatest(
            sum(case when was_built then -reading_count else reading_count end), 0
        ) as new_reading_count

    from days_delivered

    group by path_id, measured_date

),

final as (

    select
        run_settings.run_id,
        cast(coalesce(sum(counted.new_reading_count), 0) as bigint)
            as new_reading_count,
        cast(
            coalesce(
                sum(counted.new_reading_count) filter (
                    where counted.measured_date < run_settings.as_of_date - 1
                ),
                0
            ) as bigint
        ) as late_reading_count

    from run_settings

    left join counted on true

    group by run_settings.run_id

)

select * from final
