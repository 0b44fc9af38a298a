with

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{# What the morning's features are made of. #}
readings as (

    select cooking_metrics.*
    from {{ ref('fct_cooking_metrics') }} as cooking_metrics
    inner join run_settings
        on
            cooking_metrics.measured_date >= run_settings.as_of_date - 7
            and cooking_metrics.measured_date < run_settings.as_of_date
    where not cooking_metrics.is_faulty

),

readings_by_machine as (

    select
        kitchen_id,
        machine_id,
        count(*) as machine_reading_count,
        sum(count(*)) over (partition by kitchen_id) as kitchen_reading_count

    from readings

    group by kitchen_id, machine_id

),

contradicting as (

    select
        machine_id,
        count(*) as reading_count

    from readings

    group by machine_id, batch_id, measured_at

    having
        min({{ row_hash(metrics()) }}) <> max({{ row_hash(metrics()) }})

),

values_counted as (

    {% for metric in metrics() -%}
    select
        machine_id,
        '{{ metric }}' as metric,
        {{ metric }} as value,
        count(*) as reading_count

    from readings

    group by machine_id, {{ metric }}
    {{ 'union all' if not loop.last }}

    {% endfor %}
),

{# Each value once, so that one that is repeated does not become the middle. #}
spreads as (

    select
        machine_id,
        metric,
        {{ quantile('value', 0.25) }} as lower_value,
        {{ quantile('value', 0.5) }} as middle_value,
        {{ quantile('value', 0.75) }} as upper_value

    from values_counted

    group by machine_id, metric

    having count(*) >= 10

),

compared as (

    select
        values_counted.*,
        values_counted.reading_count >= 3
        and (
            values_counted.value
            > spreads.upper_value + 10 * (spreads.upper_value - spreads.lower_value)
            or values_counted.value
            < spreads.lower_value - 10 * (spreads.upper_value - spreads.lower_value)
        ) as is_code,
        spreads.lower_value / nullif(spreads.upper_value, 0) between 0.8 and 1.25
            as is_narrow,
        case
            when values_counted.value / nullif(spreads.middle_value, 0) > 0
                then log10(values_counted.value / spreads.middle_value)
        end as power_of_ten

    from values_counted

    inner join spreads
        on
            values_counted.machine_id = spreads.machine_id
            and values_counted.metric = spreads.metric

),

tenfold as (

    select
        machine_id,
        metric,
        round(power_of_ten) as power_of_ten,
        sum(reading_count) as reading_count

    from compared

    where
        is_narrow
        and not is_code
        and abs(power_of_ten) > 0.5
        and abs(power_of_ten - round(power_of_ten)) <= 0.1

    group by machine_id, metric, round(power_of_ten)

    having sum(reading_count) >= 3

),

found_by_machine as (

    select
        'contradicting_readings' as check_name,
        machine_id,
        sum(reading_count) as reading_count,
        'share time and batch with another that says something else' as what

    from contradicting

    group by machine_id

    union all

    select
        'no_value_codes' as check_name,
        machine_id,
        reading_count,
        'say ' || metric || ' = ' || {{ number_text('value') }} as what

    from compared

    where is_code

    union all

    select
        'tenfold_readings' as check_name,
        machine_id,
        reading_count,
        'say ' || {{ number_text('power(10, power_of_ten)') }} || ' times the usual '
        || metric as what

    from tenfold

),

final as (

    select
        found_by_machine.check_name,
        readings_by_machine.kitchen_id as subject,
        sum(found_by_machine.reading_count)
        / max(readings_by_machine.kitchen_reading_count) as value,
        'in the seven days before the morning '
        || {{ join_texts(
            "concat(
                found_by_machine.reading_count, ' of ',
                readings_by_machine.machine_reading_count, ' readings of ',
                found_by_machine.machine_id, ' ', found_by_machine.what
            )",
            ['found_by_machine.machine_id', 'found_by_machine.what']
        ) }} as message

    from found_by_machine

    inner join readings_by_machine
        on found_by_machine.machine_id = readings_by_machine.machine_id

    group by found_by_machine.check_name, readings_by_machine.kitchen_id

)

select * from final
