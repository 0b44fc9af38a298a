{%- set staged_tables = {
    'cooking_metrics': 'stg_kitchen__cooking_metrics',
    'batch_registry': 'stg_kitchen__batches',
    'faulty_intervals': 'stg_kitchen__faulty_intervals',
    'machines': 'stg_kitchen__machines',
    'maintenance_events': 'stg_kitchen__maintenance_events',
} %}

with

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

foreign_lines as (

    select * from {{ ref('stg_kitchen__foreign_lines') }}

),

unioned as (

    {% for model in staged_tables.values() -%}
    select
        file_id,
        source_line,
        raw_line,
        rejection_reason as reason

    from {{ ref(model) }}

    where rejection_reason is not null

    union all

    {% endfor -%}
    select
        current_files.file_id,
        readings_unregistered.source_line,
        readings_unregistered.raw_line,
        readings_unregistered.rejection_reason as reason

    from {{ ref('int_readings_unregistered') }} as readings_unregistered

    inner join current_files
        on readings_unregistered.path_id = current_files.path_id

    union all

    select
        batches.file_id,
        batches.source_line,
        batch_lines.raw_line,
        batches.registration_status as reason

    from {{ ref('int_batch_registrations') }} as batches

    inner join {{ ref('stg_kitchen__batch_registry_lines') }} as batch_lines
        on
            batches.file_id = batch_lines.file_id
            and batches.source_line = batch_lines.source_line

    where batches.registration_status = 'conflicting_batch'

    union all

    select
        file_id,
        source_line,
        raw_line,
        registration_status as reason

    from {{ ref('int_faulty_interval_registrations') }}

    where registration_status = 'unknown_machine'

    union all

    select
        file_id,
        source_line,
        raw_line,
        registration_status as reason

    from {{ ref('int_maintenance_event_registrations') }}

    where registration_status = 'unknown_machine'

),

final as (

    select
        current_files.source_table,
        current_files.source_file,
        coalesce(foreign_lines.foreign_line, unioned.source_line) as source_line,
        unioned.raw_line,
        unioned.reason,
        current_files.loaded_at

    from unioned

    inner join current_files
        on unioned.file_id = current_files.file_id

    left join foreign_lines
        on
            unioned.file_id = foreign_lines.file_id
            and unioned.source_line = foreign_lines.source_line

)

select * from final
