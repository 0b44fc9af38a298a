with

faulty_intervals as (

    select * from {{ ref('stg_kitchen__faulty_intervals') }}

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

final as (

    select
        faulty_intervals.file_id,
        faulty_intervals.source_line,
        faulty_intervals.machine_id,
        faulty_intervals.started_at,
        faulty_intervals.ended_at,
        faulty_intervals.raw_line,
        case
            when run_settings.has_machines and machines.machine_id is null
                then 'unknown_machine'
            when
                row_number() over (
                    partition by
                        faulty_intervals.machine_id,
                        faulty_intervals.started_at,
                        faulty_intervals.ended_at
                    order by
                        current_files.source_file desc,
                        faulty_intervals.source_line desc
                ) > 1
                then 'duplicate'
            else 'kept'
        end as registration_status

    from faulty_intervals

    inner join current_files
        on faulty_intervals.file_id = current_files.file_id

    left join machines
        on faulty_intervals.machine_id = machines.machine_id

    cross join run_settings

    where faulty_intervals.rejection_reason is null

)

select * from final
