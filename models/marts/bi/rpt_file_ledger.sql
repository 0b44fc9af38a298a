with

row_ledger as (

    select * from {{ ref('row_ledger') }}

),

final as (

    select
        source_table,
        source_file,
        lines_read,
        rows_kept,
        rows_duplicate,
        rows_quarantined,
        is_present,
        loaded_at

    from row_ledger

)

select * from final
