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

{# Where kitchens came or went, files may be of another: batches of two types may change. #}
final as (

    select compared.batch_id

    from compared

    cross join machines_changed

    group by compared.batch_id, machines_changed.machine_count

    having
        bool_or(
            compared.built_type is distinct from compared.current_type
            or compared.least_built_type is distinct from compared.least_current_type
            or compared.greatest_built_type
            is distinct from compared.greatest_current_type
        )
        or (
            machines_changed.machine_count > 0
            and min(compared.least_type) <> max(compared.greatest_type)
        )

)

select * from final
