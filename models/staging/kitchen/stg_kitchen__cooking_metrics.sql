{# A view: plain lines stand as the load has read them, the others are parsed once. #}

{%- set columns = [
    'file_id', 'source_line', 'machine_id', 'batch_id', 'measured_date', 'measured_at'
] + metrics() %}

with

lines as (

    select * from {{ source('kitchen', 'cooking_metrics') }}

),

parsed as (

    select * from {{ ref('stg_kitchen__cooking_metrics_parsed') }}

),

unioned as (

    select
        {{ columns | join(',\n        ') }},
        true as is_tied,
        rejection_reason,
        raw_line

    from parsed
    {%- if loads_types() %}

    union all

    select
        {{ columns | join(',\n        ') }},
        coalesce(is_tied, true) as is_tied,
        null as rejection_reason,
        null as raw_line

    from lines

    where {{ was_read_typed() }}
    {%- endif %}

)

select * from unioned
