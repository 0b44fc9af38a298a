with

decision_terms as (

    select * from {{ source('ml', 'decision_terms') }}

),

renamed as (

    select
        kitchen_id,
        phase,
        as_of_date,
        running_machine_count,
        technician_slots,
        breakdown_cost,
        planned_stop_cost,
        false_stop_cost

    from decision_terms

)

select * from renamed
