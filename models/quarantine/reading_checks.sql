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

metric_names as (

    select * from {{ ref('metrics') }}

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
        arepa_type,
        '{{ metric }}' as metric,
        {{ metric }} as value,
        count(*) as reading_count

    from readings

    group by machine_id, arepa_type, {{ metric }}
    {{ 'union all' if not loop.last }}

    {% endfor %}
),

{#
    Each value once, so that one that is repeated does not become the middle. Each type has its own
    level: together they would lie so far apart that anything fits between them.
#}
spreads as (

    select
        machine_id,
        arepa_type,
        metric,
        {{ quantile('value', 0.25) }} as lower_value,
        {{ quantile('value', 0.5) }} as middle_value,
        {{ quantile('value', 0.75) }} as upper_value

    from values_counted

    group by machine_id, arepa_type, metric

    having count(*) >= 5

),

{# A machine that says one thing all week is compared with the others of its kind. #}
spreads_of_types as (

    select
        arepa_type,
        metric,
        {{ quantile('value', 0.25) }} as lower_value,
        {{ quantile('value', 0.75) }} as upper_value

    from values_counted

    group by arepa_type, metric

    having count(distinct machine_id) >= 3 and count(*) >= 5

),

distances as (

    select
        values_counted.*,
        values_counted.value in (-1, 0, 255, 32767, 65535)
        or abs(values_counted.value) in (9, 99, 999, 9999, 99999) as is_code,
        greatest(
            values_counted.value - spreads.upper_value,
            spreads.lower_value - values_counted.value
        ) as distance,
        spreads.upper_value - spreads.lower_value as spread,
        greatest(
            values_counted.value - spreads_of_types.upper_value,
            spreads_of_types.lower_value - values_counted.value
        )
        > 3 * (spreads_of_types.upper_value - spreads_of_types.lower_value)
            as is_far_from_others,
        case
            when values_counted.value / nullif(spreads.middle_value, 0) > 0
                then log10(values_counted.value / spreads.middle_value)
        end as power_of_ten

    from values_counted

    left join spreads
        on
            values_counted.machine_id = spreads.machine_id
            and values_counted.arepa_type = spreads.arepa_type
            and values_counted.metric = spreads.metric

    left join spreads_of_types
        on
            values_counted.arepa_type = spreads_of_types.arepa_type
            and values_counted.metric = spreads_of_types.metric

),

{#
    What sensors and programs say for no value is believed to be that from nearer by, and what is
    far beyond everything is told even once. Where half of the week slipped, values lie close
    together but for powers of ten. A single value far away, however often it comes, is a code.
#}
judged as (

    select
        *,
        coalesce(distance > 50 * spread, false) as is_impossible,
        reading_count >= 3
        and (
            coalesce(distance > spread * case when is_code then 3 else 10 end, false)
            or coalesce(is_code and is_far_from_others, false)
        ) as is_repeated,
        power(10, round(power_of_ten)) as tens,
        coalesce(abs(power_of_ten), 0) > 0.5
        and abs(power_of_ten - round(power_of_ten)) <= 0.1
        and count(*) over decade > 1
        and {{ quantile('power_of_ten - round(power_of_ten)', 0.75) }} over week
        - {{ quantile('power_of_ten - round(power_of_ten)', 0.25) }} over week
        <= 0.1 as is_tenfold

    from distances

    window
        week as (partition by machine_id, arepa_type, metric),
        decade as (partition by machine_id, arepa_type, metric, round(power_of_ten))

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
        case when judged.is_tenfold then 'tenfold_readings' else 'no_value_codes' end
            as check_name,
        judged.machine_id,
        sum(judged.reading_count) as reading_count,
        concat_ws(
            ' ', 'say',
            case when judged.is_tenfold then {{ number_text('judged.tens') }} end,
            case when judged.is_tenfold then 'times the usual' end,
            coalesce(metric_names.name_en, judged.metric),
            case when not judged.is_tenfold then '=' end,
            case when not judged.is_tenfold then {{ number_text('judged.value') }} end,
            case when not judged.is_tenfold then metric_names.unit end
        ) as what

    from judged

    left join metric_names
        on judged.metric = metric_names.metric

    where judged.is_tenfold or judged.is_repeated or judged.is_impossible

    group by all

    having sum(judged.reading_count) >= 3 or bool_or(judged.is_impossible)

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
