{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_purged_files() }}"
    )
}}

{%- set columns = ['timestamp', 'machine_id', 'batch_id'] + metrics() %}
{%- set required = ['timestamp_text', 'machine_id', 'batch_id'] %}
{%- for metric in metrics() %}{% do required.append(metric ~ '_text') %}{% endfor %}

with

lines as (

    {{ raw_lines('cooking_metrics', columns, is_appended=true, has_types=true) }}

),

parsed as (

    select
        *,
        {{ field('timestamp') }} as timestamp_text,
        {{ field('machine_id') }} as machine_id,
        {{ field('batch_id') }} as batch_id,
        {%- for metric in metrics() %}
        {{ field(metric) }} as {{ metric }}_text,
        {{ parse_number(field(metric)) }} as {{ metric }},
        {%- endfor %}
        {{ parse_timestamp(field('timestamp')) }} as measured_at

    from lines

),

checked as (

    select
        *,
        case
            {{ line_rejections(required) }}
            when measured_at is null or measured_at < date '2001-01-01'
                then 'bad_timestamp'
            when {{ metrics() | join(' is null or ') }} is null then 'not_a_number'
            when abs({{ metrics() | join(') > 1e9 or abs(') }}) > 1e9
                then 'out_of_range'
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
