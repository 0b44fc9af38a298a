{# A view: one filter and a division away from the incremental table. #}
{{ config(materialized='view') }}

with

machine_hours as (

    select * from {{ ref('int_machine_hours') }}
    where reading_count > 0

),

final as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        measured_date,
        measured_hour_at,
        phase,
        {%- for metric in metrics() %}
        cast({{ metric }}_sum as double) / reading_count as {{ metric }}_mean,
        {{ metric }}_min,
        {{ metric }}_max,
        {%- endfor %}
        reading_count,
        faulty_reading_count

    from machine_hours

)

select * from final
