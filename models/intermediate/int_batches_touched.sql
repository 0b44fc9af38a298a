with

batches as (

    select * from {{ ref('stg_kitchen__batches') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

final as (

    select distinct batches.batch_id

    from batches

    inner join files
        on batches.file_id = files.file_id

    where
        files.was_built <> files.is_current
        and batches.rejection_reason is null

)

select * from final
