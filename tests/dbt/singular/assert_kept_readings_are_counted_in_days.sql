with

kept as (

    select coalesce(sum(rows_kept - further_line_count), 0) as rows_kept

    from {{ ref('row_ledger') }}

    where source_table = 'cooking_metrics'

),

counted as (

    select coalesce(sum(reading_count + faulty_reading_count), 0) as reading_count

    from {{ ref('int_machine_days') }}

),

final as (

    select
        kept.rows_kept,
        counted.reading_count

    from kept

    cross join counted

    where kept.rows_kept <> counted.reading_count

)

select * from final
