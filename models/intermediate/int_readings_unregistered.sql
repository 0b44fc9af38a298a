{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='measured_date',
        meta={'affected_by': 'int_days_affected'}
    )
}}

with

readings as (

    select * from {{ ref('int_cooking_metrics_checked') }}
    {{ only_affected('measured_date', 'int_days_affected') }}

),

lines as (

    select * from {{ ref('stg_kitchen__cooking_metrics_lines') }}

),

final as (

    select
        readings.path_id,
        readings.source_line,
        readings.batch_id,
        readings.measured_date,
        readings.rejection_reason,
        lines.raw_line

    from readings

    inner join lines
        on
            readings.file_id = lines.file_id
            and readings.source_line = lines.source_line

    where readings.rejection_reason is not null

)

select * from final
