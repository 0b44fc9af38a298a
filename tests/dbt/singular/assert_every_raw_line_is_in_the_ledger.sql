{# Counts the lines as loaded, around staging, so that a file lost on the way shows. #}
with

counted_apart as (

    {% for table in [
        'batch_registry',
        'cooking_metrics',
        'faulty_intervals',
        'machines',
        'maintenance_events',
    ] -%}
    select
        file_id,
        '{{ table }}' as source_table,
        count(*) as line_count

    from {{ source('kitchen', table) }}

    group by file_id

    union all

    {% endfor -%}
    select
        file_id,
        'cooking_metrics' as source_table,
        count(*) as line_count

    from {{ source('kitchen', 'foreign_lines') }}

    where is_further

    group by file_id

),

counted as (

    select
        file_id,
        source_table,
        sum(line_count) as line_count

    from counted_apart

    group by file_id, source_table

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

final as (

    select
        current_files.source_table,
        current_files.source_file,
        coalesce(counted.line_count, 0) as lines_loaded,
        row_ledger.lines_read

    from current_files

    left join counted
        on
            current_files.file_id = counted.file_id
            and current_files.source_table = counted.source_table

    full join {{ ref('row_ledger') }} as row_ledger
        on
            current_files.source_table = row_ledger.source_table
            and current_files.source_file = row_ledger.source_file

    where coalesce(counted.line_count, 0) is distinct from row_ledger.lines_read

)

select * from final
