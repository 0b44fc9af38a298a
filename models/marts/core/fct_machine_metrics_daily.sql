{# A view: divisions away from the sums of the incremental table. #}
{{ config(materialized='view') }}

with

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

final as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        measured_date,
        phase,
        {%- for metric in metrics() %}
        cast({{ metric }}_sum as double) / nullif(reading_count, 0)
            as {{ metric }}_mean,
        {{ metric }}_min,
        {{ metric }}_max,
        {%- endfor %}
        reading_count,
        faulty_reading_count

    from machine_days

)

select * from final
