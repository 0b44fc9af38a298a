with

machine_risks as (

    select * from {{ ref('rpt_machine_risks_daily') }}

),

prediction_curves as (

    select * from {{ ref('stg_ml__prediction_curves') }}
    where model_role = 'champion'

),

{# Newer mornings say more; older ones stay in ml.prediction_curves. #}
recent as (

    select *

    from machine_risks

    where as_of_date > (select max(newest.as_of_date) - 28 from machine_risks as newest)

),

final as (

    select
        recent.kitchen_id,
        recent.machine_id,
        recent.arepa_type,
        recent.as_of_date,
        prediction_curves.days_ahead,
        prediction_curves.failure_probability

    from recent

    inner join prediction_curves
        on
            recent.machine_id = prediction_curves.machine_id
            and recent.arepa_type = prediction_curves.arepa_type
            and recent.as_of_date = prediction_curves.as_of_date

)

select * from final
