{#
    Of all files, and of the newest alone, which years of good ones would hide; but one bad line
    in a handful, a registry's late correction say, is no reason to stop a day.
#}
with

row_ledger as (

    select * from {{ ref('row_ledger') }}

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

newest_load as (

    select max(loaded_at) as loaded_at

    from row_ledger

),

lines_by_delivery as (

    select
        'all files' as delivery,
        sum(lines_read) as lines_read

    from row_ledger

    union all

    select
        'newest files' as delivery,
        sum(row_ledger.lines_read) as lines_read

    from row_ledger

    inner join newest_load
        on row_ledger.loaded_at = newest_load.loaded_at

),

rejected_by_delivery as (

    select
        'all files' as delivery,
        source_table,
        reason,
        count(*) as row_count

    from rejected_rows

    group by all

    union all

    select
        'newest files' as delivery,
        rejected_rows.source_table,
        rejected_rows.reason,
        count(*) as row_count

    from rejected_rows

    inner join newest_load
        on rejected_rows.loaded_at = newest_load.loaded_at

    group by all

),

final as (

    select
        rejected_by_delivery.delivery,
        round(sum(rejected_by_delivery.row_count) / lines_by_delivery.lines_read, 4)
            as quarantined_share,
        run_settings.quarantine_limit,
        string_agg(
            concat_ws(
                ' ',
                rejected_by_delivery.source_table,
                rejected_by_delivery.reason,
                rejected_by_delivery.row_count
            ),
            ', '
            order by rejected_by_delivery.row_count desc
        ) as quarantined_rows

    from rejected_by_delivery

    inner join lines_by_delivery
        on rejected_by_delivery.delivery = lines_by_delivery.delivery

    cross join run_settings

    group by
        rejected_by_delivery.delivery,
        lines_by_delivery.lines_read,
        run_settings.quarantine_limit

    having
        sum(rejected_by_delivery.row_count)
        > run_settings.quarantine_limit * lines_by_delivery.lines_read
        and (
            rejected_by_delivery.delivery = 'all files'
            or lines_by_delivery.lines_read >= 1000
        )

)

select * from final
