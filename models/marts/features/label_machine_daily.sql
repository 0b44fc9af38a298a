with

machine_mornings as (

    select * from {{ ref('int_machine_mornings') }}

),

machine_stops as (

    select * from {{ ref('int_machine_stops') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{#
    The mornings for which a stop is the next one of its kind: after the one before, up to its own.
#}
stops_ahead as (

    select
        machine_id,
        kind,
        started_at,
        cast(started_at as date) as last_morning,
        lag(cast(started_at as date), 1, cast('0001-01-01' as date)) over (
            partition by machine_id, kind
            order by started_at
        ) as last_morning_of_earlier

    from machine_stops

),

joined as (

    select
        machine_mornings.machine_id,
        machine_mornings.as_of_date,
        run_settings.horizon_days,
        run_settings.has_maintenance_events,
        machine_mornings.as_of_date + run_settings.horizon_days as label_mature_date,
        run_settings.latest_as_of_date,
        breakdowns.started_at as next_breakdown_at,
        planned_stops.started_at as next_planned_stop_at

    from machine_mornings

    cross join run_settings

    left join stops_ahead as breakdowns
        on
            machine_mornings.machine_id = breakdowns.machine_id
            and breakdowns.kind = 'breakdown'
            and machine_mornings.as_of_date > breakdowns.last_morning_of_earlier
            and machine_mornings.as_of_date <= breakdowns.last_morning

    left join stops_ahead as planned_stops
        on
            machine_mornings.machine_id = planned_stops.machine_id
            and planned_stops.kind = 'planned'
            and machine_mornings.as_of_date > planned_stops.last_morning_of_earlier
            and machine_mornings.as_of_date <= planned_stops.last_morning

),

final as (

    select
        machine_id,
        as_of_date,
        label_mature_date,
        case
            when not has_maintenance_events then null
            when label_mature_date > latest_as_of_date then null
            when
                next_planned_stop_at < cast(label_mature_date as timestamp)
                and coalesce(next_planned_stop_at < next_breakdown_at, true)
                then null
            else coalesce(
                next_breakdown_at < cast(label_mature_date as timestamp), false
            )
        end as has_breakdown,
        horizon_days,
        next_breakdown_at,
        next_planned_stop_at

    from joined

)

select * from final
