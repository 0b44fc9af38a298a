{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='measured_date',
        meta={'affected_by': 'int_days_affected'}
    )
}}

with

machine_hours as (

    select * from {{ ref('int_machine_hours') }}
    {{ only_affected('measured_date', 'int_days_affected') }}

),

final as (

    select
        kitchen_id,
        machine_id,
        phase,
        arepa_type,
        measured_date,
        {%- for metric in metrics() %}
        sum({{ metric }}_sum) as {{ metric }}_sum,
        sum({{ metric }}_squares_sum) as {{ metric }}_squares_sum,
        sum({{ metric }}_fraction_squares_sum) as {{ metric }}_fraction_squares_sum,
        min({{ metric }}_min) as {{ metric }}_min,
        max({{ metric }}_max) as {{ metric }}_max,
        {%- endfor %}
        cast(sum(reading_count) as bigint) as reading_count,
        cast(sum(faulty_reading_count) as bigint) as faulty_reading_count,
        cast(sum(batch_count) as bigint) as batch_count,
        count(*) filter (where reading_count > 0) as hour_count,
        max(last_measured_at) as last_measured_at

    from machine_hours

    group by all

)

select * from final
