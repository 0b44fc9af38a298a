with

machine_registrations as (

    select * from {{ ref('int_machine_registrations') }}

),

machines as (

    select * from {{ ref('int_machines') }}

),

{# Also of one that moved, as long as a file that stands says where it was. #}
registered_elsewhere as (

    select distinct
        machine_registrations.kitchen_id,
        machines.machine_id,
        machines.kitchen_id as kept_kitchen_id

    from machine_registrations

    inner join machines
        on
            machine_registrations.machine_id = machines.machine_id
            and machine_registrations.kitchen_id <> machines.kitchen_id

),

machines_ranked as (

    select
        *,
        row_number() over (partition by kitchen_id order by machine_id asc) as place

    from registered_elsewhere

),

{# The first three are named. #}
machines_named as (

    select
        kitchen_id,
        place,
        case
            when place <= 3 then concat(machine_id, ' (', kept_kitchen_id, ')')
        end as named

    from machines_ranked

),

final as (

    select
        'shared_machines' as check_name,
        kitchen_id as subject,
        1 as value,
        concat(
            max(place),
            ' machines are registered in another kitchen, too, and count there alone: ',
            {{ join_texts('named', ['place']) }},
            case
                when max(place) > 3 then concat(' and ', max(place) - 3, ' more')
                else ''
            end
        ) as message

    from machines_named

    group by kitchen_id

)

select * from final
