{#
    The day that a line says is not believed: it says none, or one before 2001 or to come.
#}
{%- set is_undated -%}
    (
        measured_date is null
        or coalesce(rejection_reason in ('bad_timestamp', 'future_timestamp'), false)
    )
{%- endset -%}

with

lines_rejected as (

    select
        file_id,
        source_line,
        machine_id,
        measured_date,
        rejection_reason,
        {{ is_undated }} as is_undated

    from {{ ref('stg_kitchen__cooking_metrics') }}

    where rejection_reason is not null

),

{# Once more: what two parts share, DuckDB writes down first, here all readings. #}
lines_dated as (

    select
        file_id,
        source_line,
        machine_id,
        measured_date

    from {{ ref('stg_kitchen__cooking_metrics') }}

    where not {{ is_undated }}

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

readings_unregistered as (

    select * from {{ ref('int_readings_unregistered') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

undated as (

    select
        lines_rejected.file_id,
        lines_rejected.source_line,
        lines_rejected.machine_id,
        lines_rejected.rejection_reason,
        cast(current_files.loaded_at as date) as loaded_date

    from lines_rejected

    inner join current_files
        on lines_rejected.file_id = current_files.file_id

    where lines_rejected.is_undated

),

dated_by_machine as (

    select
        lines_dated.file_id,
        lines_dated.machine_id,
        max(lines_dated.source_line) as last_line,
        max(lines_dated.measured_date) filter (
            where lines_dated.measured_date < run_settings.as_of_date
        ) as last_date

    from lines_dated

    cross join run_settings

    where lines_dated.file_id in (select undated.file_id from undated)

    group by lines_dated.file_id, lines_dated.machine_id

),

dated_by_file as (

    select
        file_id,
        max(last_date) as last_date

    from dated_by_machine

    group by file_id

),

{#
    What stands behind all days of its machine is of the last day that the file tells of or, where it
    tells of none, of the day before it was delivered, in UTC. One delivered later than a morning that
    is made up for may be of any day.
#}
undated_placed as (

    select
        undated.machine_id,
        coalesce(
            dated_by_file.last_date,
            case
                when undated.loaded_date <= run_settings.as_of_date + 1
                    then least(undated.loaded_date, run_settings.as_of_date) - 1
            end
        ) as measured_date,
        undated.rejection_reason

    from undated

    cross join run_settings

    left join dated_by_file
        on undated.file_id = dated_by_file.file_id

    left join dated_by_machine
        on
            undated.file_id = dated_by_machine.file_id
            and undated.machine_id = dated_by_machine.machine_id

    where undated.source_line > coalesce(dated_by_machine.last_line, 0)

),

readings_rejected as (

    select
        lines_rejected.machine_id,
        lines_rejected.measured_date,
        lines_rejected.rejection_reason

    from lines_rejected

    inner join current_files
        on lines_rejected.file_id = current_files.file_id

    where not lines_rejected.is_undated

    union all

    select * from undated_placed

    union all

    select
        machine_id,
        measured_date,
        rejection_reason

    from readings_unregistered

),

counted as (

    select
        readings_rejected.machine_id,
        readings_rejected.rejection_reason,
        count(*) as row_count

    from readings_rejected

    inner join run_settings
        on
            readings_rejected.measured_date >= run_settings.as_of_date - 2
            and readings_rejected.measured_date < run_settings.as_of_date

    where readings_rejected.machine_id is not null

    group by readings_rejected.machine_id, readings_rejected.rejection_reason

),

final as (

    select
        machine_id,
        {{ join_texts(
            "concat(rejection_reason, ' ', row_count)",
            ['row_count desc', 'rejection_reason asc']
        ) }} as reasons

    from counted

    group by machine_id

)

select * from final
