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

{#
    An event is delivered open and again when it has ended or was answered: the fullest and then
    the latest delivery is the event, the others repeat it. So does an open one without a part,
    once the stop has ended: the part became known on the way.
#}
final as (

    select
        maintenance_events.file_id,
        maintenance_events.source_line,
        maintenance_events.machine_id,
        maintenance_events.started_at,
        maintenance_events.ended_at,
        maintenance_events.kind,
        maintenance_events.finding,
        maintenance_events.component,
        maintenance_events.raw_line,
        case
            when run_settings.has_machines and machines.machine_id is null
                then 'unknown_machine'
            when
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
                ) > 1
                then 'duplicate'
            when
                maintenance_events.ended_at is null
                and maintenance_events.component is null
                and max(maintenance_events.ended_at) over (
                    partition by
                        maintenance_events.machine_id,
                        maintenance_events.started_at,
                        maintenance_events.kind
                ) is not null
                then 'duplicate'
            else 'kept'
        end as registration_status

    from maintenance_events

    inner join current_files
        on maintenance_events.file_id = current_files.file_id

    left join machines
        on maintenance_events.machine_id = machines.machine_id

    cross join run_settings

    where maintenance_events.rejection_reason is null

)

select * from final
