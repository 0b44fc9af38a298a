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

),

touched_rows as (

    select
        batches.batch_id,
        batches.arepa_type,
        files.was_built,
        files.is_current,
        {{ delivery_place('files.source_file', 'batches.source_line') }} as delivery

    from batches

    inner join batches_touched
        on batches.batch_id = batches_touched.batch_id

    inner join files
        on batches.file_id = files.file_id

    where batches.rejection_reason is null

),

compared as (

    select
        batch_id,
        max_by(arepa_type, delivery) filter (where was_built) as built_arepa_type,
        max_by(arepa_type, delivery) filter (where is_current) as current_arepa_type

    from touched_rows

    group by batch_id

),

final as (

    select batch_id

    from compared

    where built_arepa_type is distinct from current_arepa_type

)

select * from final
