with

machines_unknown as (

    select * from {{ ref('machines_unknown') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

data_check_limits as (

    select * from {{ ref('stg_kitchen__data_check_limits') }}

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

unreadable as (

    select
        'unreadable_files' as check_name,
        source_file as subject,
        1 as value,
        problem as message

    from files

    where
        is_current
        and problem is not null

    union all

    select
        'unreadable_files' as check_name,
        'folders' as subject,
        1 as value,
        folder_problems as message

    from run_settings

    where folder_problems is not null

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

checked as (

    select * from {{ ref('delivery_checks') }}

    union all

    select * from {{ ref('kitchen_checks') }}

    union all

    select * from {{ ref('machine_checks') }}

    union all

    select * from {{ ref('reading_checks') }}

    union all

    select * from {{ ref('clock_checks') }}

    union all

    select * from {{ ref('identity_checks') }}

    union all

    select * from {{ ref('registration_checks') }}

    union all

    select * from {{ ref('interval_checks') }}

    union all

    select * from {{ ref('file_checks') }}

    union all

    select * from unreadable

    union all

    select * from late

),

machines_ranked as (

    select
        machine_id,
        sum(row_count) as row_count,
        row_number() over (order by sum(row_count) desc, machine_id asc) as place

    from machines_unknown

    group by machine_id

),

{# Who left the machines file, or never was in it. #}
machines_named as (

    select
        {{ name_first_three("concat(machine_id, ' (', row_count, ' lines)')") }}
            as machines

    from machines_ranked

),

final as (

    select
        run_settings.as_of_date,
        checked.check_name,
        checked.subject,
        data_check_limits.severity,
        cast(checked.value as double) as value,
        data_check_limits.limit_value,
        case
            when
                checked.message like '% unknown_machine %'
                and machines_named.machines is not null
                then concat(
                    checked.message,
                    '; ',
                    'machines that no machines file names: ',
                    machines_named.machines
                )
            else checked.message
        end as message

    from checked

    inner join data_check_limits
        on checked.check_name = data_check_limits.check_name

    cross join run_settings

    cross join machines_named

    where checked.value > data_check_limits.limit_value

)

select * from final
