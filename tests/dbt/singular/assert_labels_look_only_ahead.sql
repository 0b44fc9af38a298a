{# The label the slow way: none before it is mature, and none that the log denies. #}
with

labels as (

    select * from {{ ref('label_machine_daily') }}
    where has_breakdown is not null

),

breakdowns as (

    select * from {{ ref('int_machine_stops') }}
    where kind = 'breakdown'

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

compared as (

    select
        labels.machine_id,
        labels.as_of_date,
        labels.label_mature_date,
        labels.horizon_days,
        labels.has_breakdown,
        count(breakdowns.machine_id) > 0 as has_breakdown_in_log

    from labels

    left join breakdowns
        on
            labels.machine_id = breakdowns.machine_id
            and labels.as_of_date <= breakdowns.started_at
            and labels.as_of_date + labels.horizon_days > breakdowns.started_at

    group by all

),

final as (

    select compared.*

    from compared

    cross join run_settings

    where
        compared.has_breakdown <> compared.has_breakdown_in_log
        or compared.label_mature_date <> compared.as_of_date + compared.horizon_days
        or compared.label_mature_date > run_settings.latest_as_of_date

)

select * from final
