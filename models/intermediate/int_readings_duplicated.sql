{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='measured_date',
        meta={'affected_by': 'int_days_affected'}
    )
}}

{%- set reading_columns = ['measured_at', 'machine_id', 'batch_id'] + metrics() %}

with

cooking_metrics as (

    select * from {{ ref('stg_kitchen__cooking_metrics') }}
    {{ only_affected('measured_date', 'int_days_affected') }}

),

{# Once more: what two parts share, DuckDB writes down first, with all columns. #}
days_measured as (

    select
        file_id,
        machine_id,
        measured_date,
        rejection_reason

    from {{ ref('stg_kitchen__cooking_metrics') }}
    {{ only_affected('measured_date', 'int_days_affected') }}

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

days_by_file as (

    select
        days_measured.file_id,
        count(*) over (
            partition by days_measured.machine_id, days_measured.measured_date
        ) as file_count

    from days_measured

    inner join current_files
        on days_measured.file_id = current_files.file_id

    where days_measured.rejection_reason is null

    group by
        days_measured.file_id,
        days_measured.machine_id,
        days_measured.measured_date

),

files_sharing_days as (

    select distinct file_id

    from days_by_file

    where file_count > 1

),

{# The load has marked what may repeat another one of a file; files may, together. #}
readings as (

    select
        cooking_metrics.*,
        current_files.path_id,
        current_files.source_file,
        {{ row_hash(reading_columns) }} as reading_hash

    from cooking_metrics

    inner join current_files
        on cooking_metrics.file_id = current_files.file_id

    where
        cooking_metrics.rejection_reason is null
        and (
            cooking_metrics.is_tied
            or not current_files.has_rising_times
            or cooking_metrics.file_id in (
                select files_sharing_days.file_id from files_sharing_days
            )
        )

),

{# Only rows that share a hash are worth the exact and dear comparison. #}
hashes_repeated as (

    select reading_hash

    from readings

    group by reading_hash

    having count(*) > 1

),

numbered as (

    select
        readings.path_id,
        readings.source_line,
        readings.measured_date,
        row_number() over (
            partition by readings.{{ reading_columns | join(', readings.') }}
            order by readings.source_file, readings.source_line
        ) as occurrence

    from readings

    semi join hashes_repeated
        on readings.reading_hash = hashes_repeated.reading_hash

),

final as (

    select
        path_id,
        source_line,
        measured_date

    from numbered

    where occurrence > 1

)

select * from final
