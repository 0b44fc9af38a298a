{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_purged_files() }}"
    )
}}

with

lines as (

    {{ raw_lines('batch_registry', ['batch_id', 'arepa_type'], is_appended=true) }}

),

parsed as (

    select
        *,
        {{ field('batch_id') }} as batch_id,
        {{ field('arepa_type') }} as arepa_type

    from lines

),

renamed as (

    select
        file_id,
        source_line,
        batch_id,
        arepa_type,
        case
            {{ line_rejections(['batch_id', 'arepa_type']) }}
            {# In the other tables a header in the middle has no time or phase. #}
            {# A byte-order mark may stand before it. #}
            when batch_id like '%batch_id' and arepa_type = 'arepa_type'
                then 'repeated_header'
        end as rejection_reason,
        case when rejection_reason is not null then raw_line end as raw_line

    from parsed

)

select * from renamed
