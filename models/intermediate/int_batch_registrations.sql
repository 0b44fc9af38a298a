{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='batch_id',
        meta={'affected_by': 'int_batches_touched'}
    )
}}

with

batches as (

    select * from {{ ref('stg_kitchen__batches') }}
    {{ only_affected('batch_id', 'int_batches_touched') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

compared_to_winner as (

    select
        batches.file_id,
        batches.source_line,
        batches.batch_id,
        batches.arepa_type,
        row_number() over latest_first as delivery_rank,
        first_value(batches.arepa_type) over latest_first as winning_arepa_type

    from batches

    inner join files
        on batches.file_id = files.file_id

    where
        files.is_current
        and batches.rejection_reason is null

    window
        latest_first as (
            partition by batches.batch_id
            order by files.source_file desc, batches.source_line desc
        )

),

final as (

    select
        file_id,
        source_line,
        batch_id,
        arepa_type,
        case
            when delivery_rank = 1 then 'kept'
            when arepa_type = winning_arepa_type then 'duplicate'
            else 'conflicting_batch'
        end as registration_status

    from compared_to_winner

)

select * from final
