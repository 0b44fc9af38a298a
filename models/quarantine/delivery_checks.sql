with

row_ledger as (

    select * from {{ ref('row_ledger') }}

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

readings_delivered as (

    select * from {{ ref('int_readings_delivered') }}

),

builds as (

    select
        *,
        row_number() over (order by built_at asc) = 1 as is_first

    from {{ ref('stg_kitchen__builds') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{# All files and, of the newest alone, which years of good ones would hide. #}
files_by_delivery as (

    select
        'all files' as subject,
        source_file,
        lines_read

    from row_ledger

    union all

    select
        'newest files' as subject,
        source_file,
        lines_read

    from row_ledger

    qualify loaded_at = max(loaded_at) over ()

),

lines_by_delivery as (

    select
        subject,
        sum(lines_read) as lines_read

    from files_by_delivery

    group by subject

),

rejected_by_delivery as (

    select
        files_by_delivery.subject,
        rejected_rows.source_table,
        rejected_rows.reason,
        count(*) as row_count

    from rejected_rows

    inner join files_by_delivery
        on rejected_rows.source_file = files_by_delivery.source_file

    {# Not lines, and another check's. #}
    where rejected_rows.reason <> 'unreadable_file'

    group by all

),

{# One bad line in a handful, a late correction say, is no reason to stop a day. #}
quarantined as (

    select
        'quarantine_share' as check_name,
        rejected_by_delivery.subject,
        sum(rejected_by_delivery.row_count) / lines_by_delivery.lines_read as value,
        'lines quarantined: '
        || {{ join_texts(
            "concat_ws(' ', rejected_by_delivery.source_table,
                rejected_by_delivery.reason, rejected_by_delivery.row_count)",
            [
                'rejected_by_delivery.row_count desc',
                'rejected_by_delivery.source_table asc',
                'rejected_by_delivery.reason asc',
            ]
        ) }} as message

    from rejected_by_delivery

    inner join lines_by_delivery
        on rejected_by_delivery.subject = lines_by_delivery.subject

    where
        rejected_by_delivery.subject = 'all files'
        or lines_by_delivery.lines_read >= 1000

    group by rejected_by_delivery.subject, lines_by_delivery.lines_read

),

{# Of the first delivery of all nothing can be late. #}
readings_of_morning as (

    select
        readings_delivered.new_reading_count,
        readings_delivered.late_reading_count

    from readings_delivered

    cross join run_settings

    where run_settings.built_as_of_date > cast('0001-01-01' as date)

    union all

    select
        builds.new_reading_count,
        builds.late_reading_count

    from builds

    inner join run_settings
        on builds.as_of_date = run_settings.as_of_date

    where not builds.is_first

),

late as (

    select
        'late_share' as check_name,
        'newest files' as subject,
        sum(late_reading_count) / sum(new_reading_count) as value,
        sum(late_reading_count)
        || ' of '
        || sum(new_reading_count)
        || ' new readings are older than the day before' as message

    from readings_of_morning

    having sum(new_reading_count) > 0

),

final as (

    select * from quarantined

    union all

    select * from late

)

select * from final
