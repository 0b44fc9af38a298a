{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='measured_date',
        meta={
            'affected_by': 'int_days_affected',
            'parts': {'of': 'stg_kitchen__cooking_metrics', 'most': 40000000}
        }
    )
}}

-- depends_on: {{ ref('stg_kitchen__cooking_metrics') }}
{# Not beside them: both statements hold all batches in memory. #}
-- depends_on: {{ ref('int_readings_unregistered') }}

with

readings as (

    select * from {{ ref('int_cooking_metrics_checked') }}
    {{ only_affected('measured_date', 'int_days_affected') }}

),

valid as (

    select
        kitchen_id,
        machine_id,
        phase,
        arepa_type,
        measured_date,
        measured_at,
        batch_number,
        is_faulty,
        {{ reliable_metrics() }}

    from readings

    where
        rejection_reason is null
        and {{ in_part('measured_date') }}

),

{# An hour that cooked is a bit, so that readings need no grouping by hour. #}
final as (

    select
        kitchen_id,
        machine_id,
        phase,
        arepa_type,
        measured_date,
        {%- for metric in metrics() %}
        {{ exact_sum(metric) }} as {{ metric }}_sum,
        {{ exact_squares_sum(metric) }} as {{ metric }}_squares_sum,
        {{ exact_fraction_squares_sum(metric) }} as {{ metric }}_fraction_squares_sum,
        min({{ metric }}) as {{ metric }}_min,
        max({{ metric }}) as {{ metric }}_max,
        {%- endfor %}
        count(*) filter (where not is_faulty) as reading_count,
        count(*) filter (where is_faulty) as faulty_reading_count,
        {{ distinct_count('batch_number * 24 + hour(measured_at)') }} as batch_count,
        cast(
            bit_count(
                coalesce(bit_or(1 << hour(measured_at)) filter (where not is_faulty), 0)
            ) as bigint
        ) as hour_count,
        max(measured_at) as last_measured_at

    from valid

    group by all

)

select * from final
