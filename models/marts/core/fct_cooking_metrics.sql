{# A view: the readings are kept once, in staging, and this is their clean face. #}
{{ config(materialized='view') }}

with

readings as (

    select * from {{ ref('int_cooking_metrics_checked') }}

),

final as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        batch_id,
        measured_date,
        measured_at,
        is_faulty,
        {%- for metric in metrics() %}
        {{ metric }},
        {%- endfor %}
        phase

    from readings

    where rejection_reason is null

)

select * from final
