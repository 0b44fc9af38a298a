{# Readings that are no rows in the end, and how many of them are duplicates. #}
{%- set not_kept = [
    ('int_readings_unregistered', '0'),
    ('int_readings_duplicated', 'count(*)'),
] -%}

with

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

{# Lines of another system that are one more of a row of ours; our own have none. #}
further_lines as (

    select
        foreign_lines.file_id,
        current_files.path_id,
        foreign_lines.source_line

    from {{ ref('stg_kitchen__foreign_lines') }} as foreign_lines

    inner join current_files
        on foreign_lines.file_id = current_files.file_id

    where foreign_lines.is_further

),

rows_by_file as (

    select
        file_id,
        count(*) filter (where rejection_reason is null) as rows_kept,
        0 as rows_duplicate

    from {{ ref('stg_kitchen__cooking_metrics') }}

    group by file_id
    {%- for model, duplicates in not_kept %}

    union all

    select
        current_files.file_id,
        -count(*) as rows_kept,
        {{ duplicates }} as rows_duplicate

    from {{ ref(model) }} as readings

    inner join current_files
        on readings.path_id = current_files.path_id

    group by current_files.file_id
    {%- endfor %}

    union all

    select
        file_id,
        count(*) filter (where is_kept) as rows_kept,
        count(*) filter (where not is_kept) as rows_duplicate

    from {{ ref('int_machine_registrations') }}

    group by file_id
    {%- for model in [
        'int_batch_registrations',
        'int_faulty_interval_registrations',
        'int_maintenance_event_registrations',
    ] %}

    union all

    select
        file_id,
        count(*) filter (where registration_status = 'kept') as rows_kept,
        count(*) filter (where registration_status = 'duplicate') as rows_duplicate

    from {{ ref(model) }}

    group by file_id
    {%- endfor %}

),

kept_by_file as (

    select
        file_id,
        sum(rows_kept) as rows_kept,
        sum(rows_duplicate) as rows_duplicate

    from rows_by_file

    group by file_id

),

further_apart as (

    select
        further_lines.file_id,
        count(*) filter (where readings.rejection_reason is null) as rows_kept,
        0 as rows_duplicate

    from further_lines

    inner join {{ ref('stg_kitchen__cooking_metrics') }} as readings
        on
            further_lines.file_id = readings.file_id
            and further_lines.source_line = readings.source_line

    group by further_lines.file_id
    {%- for model, duplicates in not_kept %}

    union all

    select
        further_lines.file_id,
        -count(*) as rows_kept,
        {{ duplicates }} as rows_duplicate

    from further_lines

    inner join {{ ref(model) }} as readings
        on
            further_lines.path_id = readings.path_id
            and further_lines.source_line = readings.source_line

    group by further_lines.file_id
    {%- endfor %}

),

further_by_file as (

    select
        file_id,
        sum(rows_kept) as lines_kept,
        sum(rows_duplicate) as lines_duplicate

    from further_apart

    group by file_id

),

quarantined_by_file as (

    select
        source_file,
        count(*) as rows_quarantined

    from rejected_rows

    group by source_file

),

final as (

    select
        current_files.source_table,
        current_files.source_file,
        current_files.line_count as lines_read,
        cast(
            coalesce(kept_by_file.rows_kept, 0)
            + coalesce(further_by_file.lines_kept, 0) as bigint
        ) as rows_kept,
        cast(
            coalesce(kept_by_file.rows_duplicate, 0)
            + coalesce(further_by_file.lines_duplicate, 0) as bigint
        ) as rows_duplicate,
        coalesce(quarantined_by_file.rows_quarantined, 0) as rows_quarantined,
        cast(coalesce(further_by_file.lines_kept, 0) as bigint) as further_line_count,
        current_files.is_present,
        current_files.loaded_at

    from current_files

    left join kept_by_file
        on current_files.file_id = kept_by_file.file_id

    left join further_by_file
        on current_files.file_id = further_by_file.file_id

    left join quarantined_by_file
        on current_files.source_file = quarantined_by_file.source_file

)

select * from final
