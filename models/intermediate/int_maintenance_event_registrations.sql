{{ config(materialized='table') }}

with

maintenance_events as (

    select * from {{ ref('stg_kitchen__maintenance_events') }}

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

machines as (

    select * from {{ ref('int_machines') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{# What else the log says of the machine: at the start, a day after it, and before. #}
compared as (

    select
        maintenance_events.*,
        run_settings.has_machines and machines.machine_id is null
            as is_of_unknown_machine,
        row_number() over (
            partition by
                maintenance_events.machine_id,
                maintenance_events.started_at,
                maintenance_events.kind,
                maintenance_events.component
            order by
                maintenance_events.ended_at is not null desc,
                maintenance_events.finding is not null desc,
                current_files.source_file desc,
                maintenance_events.source_line desc
        ) as fullness_rank,
        max(maintenance_events.ended_at) over (
            partition by
                maintenance_events.machine_id,
                maintenance_events.started_at,
                maintenance_events.kind
        ) as ended_at_of_any_part,
        min(maintenance_events.ended_at) filter (
            where maintenance_events.kind = 'breakdown'
        ) over day_from_start as breakdown_ended_at,
        min(maintenance_events.ended_at) filter (
            where maintenance_events.kind = 'planned'
        ) over day_from_start as planned_ended_at,
        min(maintenance_events.ended_at) over (
            partition by maintenance_events.machine_id, maintenance_events.started_at
        ) as ended_at_of_same_start,
        max(maintenance_events.ended_at) filter (
            where maintenance_events.kind = 'breakdown'
        ) over up_to_start as earlier_breakdown_ended_at,
        max(maintenance_events.ended_at) filter (
            where maintenance_events.kind = 'planned'
        ) over up_to_start as earlier_planned_ended_at,
        min(maintenance_events.started_at) filter (
            where maintenance_events.ended_at is not null
        ) over (
            partition by maintenance_events.machine_id
            order by maintenance_events.started_at
            range between interval 1 day following and unbounded following
        ) as next_started_at

    from maintenance_events

    inner join current_files
        on maintenance_events.file_id = current_files.file_id

    left join machines
        on maintenance_events.machine_id = machines.machine_id

    cross join run_settings

    where maintenance_events.rejection_reason is null

    window
        day_from_start as (
            partition by maintenance_events.machine_id
            order by maintenance_events.started_at
            range between current row and interval 1 day following
        ),
        up_to_start as (
            partition by maintenance_events.machine_id
            order by maintenance_events.started_at
            range between unbounded preceding and current row
        )

),

{#
    A row that has an end closes an open one of the same machine where both have the same start,
    where it starts within a day after it, or lasts beyond its start: kind and start are corrected
    on closing. Only that a breakdown was no breakdown is not believed from another start, since
    planned visits go on beside breakdowns.
#}
closed as (

    select
        *,
        case
            when ended_at is null
                then least(
                    ended_at_of_same_start,
                    breakdown_ended_at,
                    case when kind = 'planned' then planned_ended_at end,
                    case
                        when earlier_breakdown_ended_at > started_at
                            then earlier_breakdown_ended_at
                    end,
                    case
                        when
                            kind = 'planned' and earlier_planned_ended_at > started_at
                            then earlier_planned_ended_at
                    end
                )
        end as closed_at

    from compared

),

{#
    An event is delivered open and again when it has ended or was answered: the fullest and then
    the latest delivery is the event, the others repeat it. So does an open one without a part,
    once the stop has ended: the part became known on the way. What nobody closed was over, at the
    latest, when the machine's next stop began.
#}
final as (

    select
        file_id,
        source_line,
        machine_id,
        started_at,
        ended_at,
        coalesce(ended_at, closed_at, next_started_at) as over_at,
        closed_at is not null and ended_at_of_any_part is null as is_superseded,
        kind,
        finding,
        component,
        raw_line,
        case
            when is_of_unknown_machine then 'unknown_machine'
            when fullness_rank > 1 then 'duplicate'
            when
                ended_at is null
                and component is null
                and ended_at_of_any_part is not null
                then 'duplicate'
            else 'kept'
        end as registration_status

    from closed

)

select * from final
