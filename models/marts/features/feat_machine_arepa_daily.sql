{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='as_of_date',
        on_schema_change='fail',
        meta={
            'affected_by': 'int_as_of_dates_affected',
            'parts': {'of': 'int_machine_mornings', 'most': 200000}
        }
    )
}}

{%- set counts = [
    'reading_count', 'faulty_reading_count', 'batch_count', 'hour_count'
] %}
with

machine_days as (

    select * from {{ ref('int_machine_days') }}
    where
        {{ in_part('machine_id') }}
        and {{ since_affected('measured_date', 'int_as_of_dates_affected', days=35) }}

),

machine_mornings as (

    select * from {{ ref('int_machine_mornings') }}
    where {{ in_part('machine_id') }}

),

machine_part_clocks as (

    select * from {{ ref('int_machine_part_clocks') }}
    where {{ in_part('machine_id') }}

),

days_with_next as (

    select
        *,
        lead(measured_date) over (
            partition by machine_id, arepa_type order by measured_date
        ) as next_measured_date

    from machine_days

),

{# A machine and type stay on the list for 28 days after they last cooked. #}
listed as (

    select
        *,
        {{ each_day(
            'measured_date + 1', 'least(measured_date + 28, next_measured_date)'
        ) }} as as_of_date

    from days_with_next

),

{# Each morning with the sums of the day before and its place on the calendar. #}
placed as (

    select
        machine_id,
        arepa_type,
        as_of_date,
        {%- for metric in metrics() %}
        {%- for sum in day_sums(metric) %}
        case when measured_date + 1 = as_of_date then {{ sum }} end as {{ sum }},
        {%- endfor %}
        {%- endfor %}
        {%- for count in counts %}
        case
            when measured_date + 1 = as_of_date then {{ count }} else 0
        end as {{ count }},
        {%- endfor %}
        {{ days_between("cast('2000-01-01' as date)", 'as_of_date') }} as day_number

    from listed

),

with_means as (

    select
        {%- for metric in metrics() %}
        cast({{ metric }}_sum as double) / nullif(reading_count, 0)
            as {{ metric }}_mean_1d,
        {%- endfor %}
        *

    from placed

),

{#
    Seven rows are seven days: where the list has a gap, 27 rows without readings stand before it.
    That is cheaper than to look for dates.
#}
windowed as (

    select
        machine_id,
        arepa_type,
        as_of_date,
        day_number,
        {%- for metric in metrics() %}
        {{ seven_day_sums(metric) }},
        {%- endfor %}
        reading_count as reading_count_1d,
        sum(reading_count) over trailing_7d as reading_count_7d,
        sum(faulty_reading_count) over trailing_7d as faulty_reading_count_7d,
        sum(batch_count) over trailing_7d as batch_count_7d,
        sum(hour_count) over trailing_7d as hour_count_7d,
        count(*) filter (where reading_count > 0) over trailing_7d as day_count_7d,
        sum(day_number * reading_count) over trailing_7d as day_sum,
        sum(day_number * day_number * reading_count) over trailing_7d as day_squares_sum

    from with_means

    window
        by_day as (partition by machine_id, arepa_type order by as_of_date),
        trailing_7d as (
            partition by machine_id, arepa_type
            order by as_of_date
            rows between 6 preceding and current row
        )

),

{# A machine's types of a morning share half their columns: side by side they pack. #}
summed as (

    select
        windowed.*,
        machine_mornings.kitchen_id,
        machine_mornings.phase,
        machine_mornings.is_down,
        machine_mornings.days_since_last_stop,
        machine_mornings.batch_count_since_last_stop,
        {{ part_clocks('machine_part_clocks.') }}

    from windowed

    inner join machine_mornings
        on
            windowed.machine_id = machine_mornings.machine_id
            and windowed.as_of_date = machine_mornings.as_of_date

    left join machine_part_clocks
        on
            windowed.machine_id = machine_part_clocks.machine_id
            and windowed.as_of_date = machine_part_clocks.as_of_date
    {{ sort_to_pack('windowed', ['machine_id', 'as_of_date', 'arepa_type']) }}

),

with_origins as (

    select
        *,
        {%- for metric in metrics() %}
        {{ seven_day_origin(metric) }}, {{ seven_day_squares(metric) }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from summed

),

of_types as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        as_of_date,
        is_down,
        phase,
        cast(reading_count_7d as bigint) as reading_count_7d,
        cast(batch_count_7d as bigint) as batch_count_7d,
        cast(hour_count_7d as bigint) as hour_count_7d,
        day_count_7d,
        faulty_reading_count_7d
        / cast(nullif(reading_count_7d + faulty_reading_count_7d, 0) as double)
            as faulty_reading_ratio_7d,
        days_since_last_stop,
        batch_count_since_last_stop,
        {{ part_clocks() }},
        {%- for metric in metrics() %}
        {{ seven_day_statistics(metric) }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from with_origins

),

{# The machine as a whole: what its busiest types showed in the week, side by side. #}
types_of_weeks as (

    select
        machine_id,
        as_of_date,
        {{ rows_in_a_list(type_row()) }} as type_list

    from of_types

    where reading_count_7d > 0

    group by machine_id, as_of_date

),

machine_weeks as (

    select
        machine_id,
        as_of_date,
        {{ types_side_by_side() }}

    from types_of_weeks

),

final as (

    select
        of_types.*,
        {{ type_slot_columns('machine_weeks.') }}

    from of_types

    left join machine_weeks
        on
            of_types.machine_id = machine_weeks.machine_id
            and of_types.as_of_date = machine_weeks.as_of_date

)

{# The contract spells out what `of_types.*` holds. #}
select * from final -- noqa: AM04
{{ only_affected('as_of_date', 'int_as_of_dates_affected') }}
