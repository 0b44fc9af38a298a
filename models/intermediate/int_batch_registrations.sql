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
    where
        is_current
        and source_table = 'batch_registry'

),

machines as (

    select * from {{ ref('int_machines') }}

),

{{ file_kitchens() }},

placed as (

    select
        batches.file_id,
        batches.source_line,
        batches.batch_id,
        batches.arepa_type,
        files.source_file,
        file_kitchens.kitchen_id

    from batches

    inner join files
        on batches.file_id = files.file_id

    left join file_kitchens
        on batches.file_id = file_kitchens.file_id

    where batches.rejection_reason is null

),

{# Most batches are told of once: there is nothing to compare, and ordering is dear. #}
batches_repeated as (

    select batch_id

    from placed

    group by batch_id

    having count(*) > 1

),

placed_repeatedly as (

    select placed.*

    from placed

    semi join batches_repeated
        on placed.batch_id = batches_repeated.batch_id

),

compared as (

    select
        *,
        row_number() over latest_first as rank_of_batch,
        row_number() over latest_of_kitchen_first as rank_in_kitchen,
        first_value(arepa_type) over latest_of_kitchen_first as arepa_type_of_kitchen,
        min(arepa_type) over (partition by batch_id)
        <> max(arepa_type) over (partition by batch_id) as is_contested,
        min(arepa_type) filter (where kitchen_id is null) over (partition by batch_id)
            as least_type_of_all,
        max(arepa_type) filter (where kitchen_id is null) over (partition by batch_id)
            as greatest_type_of_all

    from placed_repeatedly

    window
        latest_first as (
            partition by batch_id
            order by source_file desc, source_line desc
        ),
        latest_of_kitchen_first as (
            partition by batch_id, kitchen_id
            order by source_file desc, source_line desc
        )

),

{#
    A number that two kitchens gave to different batches is one batch in each. A kitchen that gave
    it to none takes what files of no kitchen say, if they agree.
#}
final as (

    select
        placed.file_id,
        placed.source_line,
        placed.batch_id,
        placed.kitchen_id,
        placed.arepa_type,
        placed.arepa_type as arepa_type_elsewhere,
        true as is_latest,
        false as is_for_kitchen_alone,
        'kept' as registration_status

    from placed

    anti join batches_repeated
        on placed.batch_id = batches_repeated.batch_id

    union all

    select
        file_id,
        source_line,
        batch_id,
        kitchen_id,
        arepa_type,
        case
            when not is_contested then arepa_type
            when least_type_of_all = greatest_type_of_all then least_type_of_all
        end as arepa_type_elsewhere,
        rank_of_batch = 1 as is_latest,
        is_contested and rank_in_kitchen = 1 and kitchen_id is not null
            as is_for_kitchen_alone,
        case
            when not is_contested and rank_of_batch > 1 then 'duplicate'
            when not is_contested or rank_in_kitchen = 1 then 'kept'
            when arepa_type = arepa_type_of_kitchen then 'duplicate'
            else 'conflicting_batch'
        end as registration_status

    from compared

)

select * from final
