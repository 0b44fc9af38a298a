{#
    Counts who is left; a machine that is down or silent does not run. Only the run's own morning:
    late files may have moved the features of older ones.
#}
with

plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

features as (

    select * from {{ ref('feat_machine_arepa_daily') }}

),

stops as (

    select plan.*

    from plan

    inner join run_settings
        on plan.as_of_date = run_settings.as_of_date

    where plan.decision = 'stop'

),

stopped as (

    select
        kitchen_id,
        phase,
        as_of_date,
        count(*) as stopped_machine_count

    from stops

    group by all

),

left_running as (

    select
        features.kitchen_id,
        features.phase,
        features.as_of_date,
        count(distinct features.machine_id) as running_machine_count

    from features

    anti join stops
        on
            features.machine_id = stops.machine_id
            and features.as_of_date = stops.as_of_date

    where
        not features.is_down
        and features.faulty_reading_ratio_7d is not null

    group by all

),

final as (

    select
        stopped.kitchen_id,
        stopped.phase,
        stopped.as_of_date,
        stopped.stopped_machine_count

    from stopped

    anti join left_running
        on
            stopped.kitchen_id = left_running.kitchen_id
            and stopped.phase = left_running.phase
            and stopped.as_of_date = left_running.as_of_date

)

select * from final
