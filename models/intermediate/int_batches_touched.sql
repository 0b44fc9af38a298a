with

batches as (

    select * from {{ ref('stg_kitchen__batches') }}
    where rejection_reason is null

),

files as (

    select
        *,
        bool_or(was_built) over () as is_built_upon

    from {{ ref('stg_kitchen__files') }}

),

machines_changed as (

    select count(*) as machine_count
    from {{ ref('int_machines_changed') }}

),

{#
    Which kitchen a file is of depends on the kitchens that there are. Before the first build there
    is nothing to change.
#}
files_touched as (

    select files.file_id

    from files

    cross join machines_changed

    where
        files.is_built_upon
        and (
            files.was_built <> files.is_current
            or machines_changed.machine_count > 0
        )

),

final as (

    select distinct batches.batch_id

    from batches

    inner join files_touched
        on batches.file_id = files_touched.file_id

)

select * from final
