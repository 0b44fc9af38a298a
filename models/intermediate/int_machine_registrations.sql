with

machines as (

    select * from {{ ref('stg_kitchen__machines') }}

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

final as (

    select
        machines.file_id,
        machines.source_line,
        machines.machine_id,
        machines.kitchen_id,
        machines.zone,
        machines.phase,
        machines.installed_date,
        row_number() over (
            partition by machines.machine_id
            order by current_files.source_file desc, machines.source_line desc
        ) = 1 as is_kept

    from machines

    inner join current_files
        on machines.file_id = current_files.file_id

    where machines.rejection_reason is null

)

select * from final
