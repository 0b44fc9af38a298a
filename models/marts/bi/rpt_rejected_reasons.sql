with

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

final as (

    select
        source_table,
        reason,
        count(*) as row_count

    from rejected_rows

    group by source_table, reason

)

select * from final
