with

machine_registrations as (

    select * from {{ ref('int_machine_registrations') }}

),

machines as (

    select * from {{ ref('int_machines') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

located as (

    select
        machine_registrations.machine_id,
        machine_registrations.kitchen_id,
        files.source_file,
        max(files.source_file) over (
            partition by machine_registrations.kitchen_id
        ) as newest_source_file

    from machine_registrations

    inner join files
        on machine_registrations.file_id = files.file_id

),

{#
    By the newest file that names a machine of the kitchen: older ones that stand still say of a
    machine that moved where it was.
#}
registered_elsewhere as (

    select distinct
        located.kitchen_id,
        machines.machine_id,
        machines.kitchen_id as kept_kitchen_id

    from located

    inner join machines
        on
            located.machine_id = machines.machine_id
            and located.kitchen_id <> machines.kitchen_id

    where located.source_file = located.newest_source_file

),

machines_ranked as (

    select
        *,
        row_number() over (partition by kitchen_id order by machine_id asc) as place

    from registered_elsewhere

),

final as (

    select
        'shared_machines' as check_name,
        kitchen_id as subject,
        1 as value,
        concat(
            max(place),
            ' machines are registered in another kitchen, too, and count there alone: ',
            {{ name_first_three("concat(machine_id, ' (', kept_kitchen_id, ')')") }}
        ) as message

    from machines_ranked

    group by kitchen_id

)

select * from final
