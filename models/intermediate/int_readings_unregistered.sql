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

rejected as (

    select * from readings
    where rejection_reason is not null

),

{# Files are found by number; of most no line is looked at. #}
lines as (

    select * from {{ ref('stg_kitchen__cooking_metrics_lines') }}
    where file_id in (select rejected.file_id from rejected)

),

final as (

    select
        rejected.path_id,
        rejected.source_line,
        rejected.machine_id,
        rejected.batch_id,
        rejected.measured_date,
        rejected.rejection_reason,
        lines.raw_line

    from rejected

    inner join lines
        on
            rejected.file_id = lines.file_id
            and rejected.source_line = lines.source_line

)

select * from final
