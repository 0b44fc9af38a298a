{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_purged_files() }}"
    )
}}

{%- set columns = ['timestamp', 'machine_id', 'batch_id'] + metrics() %}
{%- set metric_texts = [] %}
{%- for metric in metrics() %}{% do metric_texts.append(metric ~ '_text') %}{% endfor %}

with

lines as (

    {{ raw_lines('cooking_metrics', columns, is_appended=true) }}

),

parsed as (

    select
        *,
        {{ field('timestamp') }} as timestamp_text,
        {{ field('machine_id') }} as machine_id,
        {{ field('batch_id') }} as batch_id,
        {{ parse_timestamp(field('timestamp')) }} as measured_at
        {%- for metric in metrics() %},
        {{ field(metric) }} as {{ metric }}_text,
        {{ parse_number(field(metric)) }} as {{ metric }}
        {%- endfor %}

    from lines

),

checked as (

    select
        *,
        case
            {{ line_rejections(['timestamp_text', 'machine_id', 'batch_id'] + metric_texts) }}
            when measured_at is null then 'bad_timestamp'
            when {% for metric in metrics() -%}
                {{ metric }} is null{{ ' or ' if not loop.last }}
            {%- endfor %} then 'not_a_number'
            when {% for metric in metrics() -%}
                abs({{ metric }}) > 1e9{{ ' or ' if not loop.last }}
            {%- endfor %} then 'out_of_range'
            when measured_at > loaded_at + interval 1 day then 'future_timestamp'
        end as rejection_reason

    from parsed

),

renamed as (

    select
        file_id,
        source_line,
        machine_id,
        batch_id,
        cast(measured_at as date) as measured_date,
        measured_at,
        {%- for metric in metrics() %}
        {{ metric }},
        {%- endfor %}
        rejection_reason,
        case when rejection_reason is not null then raw_line end as raw_line

    from checked

)

select * from renamed
