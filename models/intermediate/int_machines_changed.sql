with

machines as (

    select * from {{ ref('stg_kitchen__machines') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

valid_rows as (

    select
        machines.machine_id,
        files.was_built,
        files.is_current,
        concat(machines.kitchen_id, ', ', machines.phase) as place,
        {{ delivery_place('files.source_file', 'machines.source_line') }} as delivery

    from machines

    inner join files
        on machines.file_id = files.file_id

    where machines.rejection_reason is null

),

compared as (

    select
        machine_id,
        max_by(place, delivery) filter (where was_built) as built_place,
        max_by(place, delivery) filter (where is_current) as current_place

    from valid_rows

    group by machine_id

),

final as (

    select
        machine_id,
        built_place,
        current_place

    from compared

    where built_place is distinct from current_place

)

select * from final
