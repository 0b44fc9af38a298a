{{ config(materialized='table') }}

with

batches as (

    select * from {{ ref('stg_kitchen__batches') }}

),

batches_touched as (

    select * from {{ ref('int_batches_touched') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}
    where source_table = 'batch_registry'

),

machines as (

    select * from {{ ref('int_machines') }}

),

machines_changed as (

    select count(*) as machine_count
    from {{ ref('int_machines_changed') }}

),

{{ file_kitchens() }},

touched_rows as (

    select
        batches.batch_id,
        batches.arepa_type,
        file_kitchens.kitchen_id,
        files.was_built,
        files.is_current,
        {{ delivery_place('files.source_file', 'batches.source_line') }} as delivery

    from batches

    inner join batches_touched
        on batches.batch_id = batches_touched.batch_id

    inner join files
        on batches.file_id = files.file_id

    left join file_kitchens
        on batches.file_id = file_kitchens.file_id

    where batches.rejection_reason is null

),

{# The latest type of each kitchen counts, and whether others were given too. #}
compared as (

    select
        batch_id,
        kitchen_id,
        max_by(arepa_type, delivery) filter (where was_built) as built_type,
        min(arepa_type) filter (where was_built) as least_built_type,
        max(arepa_type) filter (where was_built) as greatest_built_type,
        max_by(arepa_type, delivery) filter (where is_current) as current_type,
        min(arepa_type) filter (where is_current) as least_current_type,
        max(arepa_type) filter (where is_current) as greatest_current_type,
        min(arepa_type) as least_type,
        max(arepa_type) as greatest_type

    from touched_rows

    group by batch_id, kitchen_id

),

judged as (

    select
        batch_id,
        least_type,
        greatest_type,
        (built_type is distinct from current_type)
        or (least_built_type is distinct from least_current_type)
        or (greatest_built_type is distinct from greatest_current_type)
            as is_of_another_type

    from compared

),

{# Where kitchens came or went, files may be another's, and batches change. #}
final as (

    select judged.batch_id

    from judged

    cross join machines_changed

    group by judged.batch_id, machines_changed.machine_count

    having
        bool_or(judged.is_of_another_type)
        or (
            machines_changed.machine_count > 0
            and min(judged.least_type) <> max(judged.greatest_type)
        )

)

select * from final
