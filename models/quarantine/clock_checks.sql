{# Who needs readings looks them up: what several share, DuckDB writes down first. #}
with

files as (

    select
        file_id,
        loaded_at = max(loaded_at) over () as is_newest

    from {{ ref('stg_kitchen__files') }}

    where
        is_current
        and source_table = 'cooking_metrics'

),

machines as (

    select * from {{ ref('int_machines') }}

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{#
    A clock that lost its power starts where its maker's calendar does; another may be a
    year ahead.
#}
out_of_time as (

    select
        cooking_metrics.machine_id,
        'sent ' || count(*) || case cooking_metrics.rejection_reason
            when 'bad_timestamp' then ' readings of before 2001'
            else
                ' readings of days to come, up to '
                || max(cooking_metrics.measured_date)
        end as what

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files
        on
            cooking_metrics.file_id = files.file_id
            and files.is_newest

    where
        cooking_metrics.rejection_reason in ('bad_timestamp', 'future_timestamp')
        and cooking_metrics.measured_at is not null

    group by cooking_metrics.machine_id, cooking_metrics.rejection_reason

),

days_with_next as (

    select
        machine_id,
        measured_date,
        row_number() over machine_s_days as day_rank,
        lead(measured_date) over machine_s_days as next_date,
        sum(sum(reading_count)) over machine_s_days as reading_count

    from machine_days

    group by machine_id, measured_date

    window machine_s_days as (partition by machine_id order by measured_date)

),

far_past as (

    select
        machine_id,
        'sent ' || reading_count || ' readings up to ' || measured_date
        || ', a year or more before its others' as what

    from days_with_next

    where
        day_rank <= 7
        and {{ days_between('measured_date', 'next_date') }} > 365

),

recent_files as (

    select distinct cooking_metrics.file_id

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files
        on cooking_metrics.file_id = files.file_id

    inner join run_settings
        on
            cooking_metrics.measured_date >= run_settings.as_of_date - 7
            and cooking_metrics.measured_date < run_settings.as_of_date

    where cooking_metrics.rejection_reason is null

),

lines_with_earlier as (

    select
        cooking_metrics.file_id,
        cooking_metrics.machine_id,
        cooking_metrics.measured_at,
        lag(cooking_metrics.measured_at) over (
            partition by cooking_metrics.file_id, cooking_metrics.machine_id
            order by cooking_metrics.source_line
        ) as earlier_line_at

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join recent_files
        on cooking_metrics.file_id = recent_files.file_id

    where cooking_metrics.rejection_reason is null

),

{# A file that is not in the order of its times says nothing of clocks. #}
set_back as (

    select
        machine_id,
        count(*) filter (where measured_at < earlier_line_at - interval 1 hour)
            as set_back_count,
        max({{ seconds_between('measured_at', 'earlier_line_at') }}) as set_back_s

    from lines_with_earlier

    group by file_id, machine_id

    having
        count(*) >= 20
        and count(*) filter (
            where measured_at < earlier_line_at - interval 1 hour
        ) between 1 and 3

),

found as (

    select * from out_of_time

    union all

    select * from far_past

    union all

    select
        machine_id,
        'went back in its newest files, by up to '
        || cast(floor(max(set_back_s) / 3600e0) as bigint)
        || ' hours, so many times: ' || sum(set_back_count) as what

    from set_back

    group by machine_id

),

final as (

    select
        'reset_clocks' as check_name,
        machines.kitchen_id as subject,
        1 as value,
        {{ join_texts(
            "found.machine_id || ' ' || found.what",
            ['found.machine_id', 'found.what']
        ) }} as message

    from found

    inner join machines
        on found.machine_id = machines.machine_id

    group by machines.kitchen_id

)

select * from final
