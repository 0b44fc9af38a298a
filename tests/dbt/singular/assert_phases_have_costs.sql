{# Plans join the costs: machines of a phase without any would vanish from them. #}
{{ config(meta={'looks_at': 'seeds'}) }}
with

machines as (

    select * from {{ ref('dim_machines') }}

),

maintenance_costs as (

    select * from {{ ref('maintenance_costs') }}

),

final as (

    select distinct
        'seeds/maintenance_costs.csv' as seed,
        'phase ' || machines.phase as row_name,
        'has machines and no row: add what its stops and breakdowns cost' as problem

    from machines

    left join maintenance_costs
        on machines.phase = maintenance_costs.phase

    where maintenance_costs.phase is null

)

select * from final
