{# Examples to look at, not the quarantine: that may hold millions of long lines. #}
with

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by source_table, reason
            order by loaded_at desc, source_file desc, source_line desc
        ) as example

    from rejected_rows

),

final as (

    select
        source_table,
        source_file,
        source_line,
        left(raw_line, 500) as raw_line,
        reason,
        loaded_at

    from numbered

    where example <= 20

)

select * from final
