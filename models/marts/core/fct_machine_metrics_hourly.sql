{#
    A view: who wants hours asks for few of them, and the morning for none. Warehouses of before
    kept them in a table.
#}
{{
    config(
        materialized='view',
        post_hook="drop table if exists intermediate.int_machine_hours"
    )
}}

with

readings as (

    select * from {{ ref('fct_cooking_metrics') }}

),

valid as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        measured_date,
        measured_at,
        phase,
        is_faulty,
        {{ reliable_metrics() }}

    from readings

),

summed as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        measured_date,
        date_trunc('hour', measured_at) as measured_hour_at,
        phase,
        {%- for metric in metrics() %}
        {{ exact_sum(metric) }} as {{ metric }}_sum,
        min({{ metric }}) as {{ metric }}_min,
        max({{ metric }}) as {{ metric }}_max,
        {%- endfor %}
        count(*) filter (where not is_faulty) as reading_count,
        count(*) filter (where is_faulty) as faulty_reading_count

    from valid

    group by all

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

    from summed

    where reading_count > 0

)

select * from final
