{# Plans join these seeds: kitchens without slots would silently vanish from them. #}
{{ config(meta={'looks_at': 'seeds'}) }}
with

maintenance_costs as (

    select * from {{ ref('maintenance_costs') }}

),

technician_slots as (

    select * from {{ ref('technician_slots') }}

),

default_slots as (

    select count(*) as row_count

    from technician_slots

    where kitchen_id = 'default'

),

final as (

    select
        'seeds/maintenance_costs.csv' as seed,
        'phase ' || phase as row_name,
        'planned_stop_cost must be below breakdown_cost, false_stop_cost above 0'
            as problem

    from maintenance_costs

    where
        coalesce(planned_stop_cost >= breakdown_cost, true)
        or coalesce(false_stop_cost <= 0, true)

    union all

    select
        'seeds/technician_slots.csv' as seed,
        'default' as row_name,
        'the row is missing: add it for kitchens that are not named' as problem

    from default_slots

    where row_count = 0

    union all

    select
        'seeds/technician_slots.csv' as seed,
        kitchen_id as row_name,
        'technician_slots must be 0 or more' as problem

    from technician_slots

    where coalesce(technician_slots < 0, true)

)

select * from final
