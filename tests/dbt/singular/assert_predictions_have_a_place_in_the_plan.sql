{# The plan joins each morning's terms: machines without them would silently vanish. #}
with

predictions as (

    select * from {{ ref('rpt_predictions') }}

),

plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}

),

final as (

    select distinct
        predictions.machine_id,
        predictions.as_of_date

    from predictions

    anti join plan
        on
            predictions.machine_id = plan.machine_id
            and predictions.as_of_date = plan.as_of_date

)

select * from final
