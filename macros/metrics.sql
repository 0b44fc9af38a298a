{# The metrics that the machines report, from METRICS: the one list that every model loops over. #}
{% macro metrics() -%}
    {%- set names = [] -%}
    {%- for name in (env_var('METRICS', '') or 'metric_1,metric_2').split(',') -%}
        {%- do names.append(name | trim) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{#
    Sums that do not depend on the order of their terms, so that a rebuild, another number of
    threads and another engine give the same bits; sums of doubles would. A reading is taken apart
    into its whole number and its fraction: doubles are cut there without any rounding, and their
    products fit into 38 digits, so that sums are right to the twelfth decimal of each reading up
    to the largest, 1e9. The casts keep both engines at twelve decimals. What does not count is
    null: a filter for each sum would be looked at for each.
#}
{% macro exact_sum(reading) -%}
    {{ sum_of_parts('sum(' ~ whole(reading) ~ ')', 'sum(' ~ fraction(reading) ~ ')') }}
{%- endmacro %}

{# Of the squares without those of the fractions, which need twice the decimals. #}
{% macro exact_squares_sum(reading) -%}
    {%- set whole_number = 'cast(floor(' ~ reading ~ ') as bigint)' -%}
    {%- set wide_fraction = 'cast(' ~ fraction(reading) ~ ' as decimal(19, 12))' -%}
    {{ sum_of_parts(
        wide_sum(whole_number ~ ' * ' ~ whole_number),
        '2 * sum(' ~ whole(reading) ~ ' * ' ~ wide_fraction ~ ')'
    ) }}
{%- endmacro %}

{% macro exact_fraction_squares_sum(reading) -%}
    sum({{ fraction(reading) }} * {{ fraction(reading) }})
{%- endmacro %}

{% macro sum_of_parts(wholes, fractions) -%}
    cast({{ wholes }} as decimal(25, 0)) + cast({{ fractions }} as decimal(37, 12))
{%- endmacro %}

{% macro whole(reading) -%}
    cast(floor({{ reading }}) as decimal(10, 0))
{%- endmacro %}

{% macro fraction(reading) -%}
    cast({{ reading }} - floor({{ reading }}) as decimal(13, 12))
{%- endmacro %}


{#
    Contracts name the columns of the default metrics; here they grow or shrink to METRICS, the
    columns of metric_1 serving as the pattern, and those of the machine's first type for its others.
    So a fleet with twenty metrics keeps its contract.
#}
{% macro default__get_assert_columns_equivalent(sql) -%}
    {%- set contracted = {} -%}
    {%- for name, column in model['columns'].items() -%}
        {%- if name.startswith('metric_1_') -%}
            {%- for metric in metrics() -%}
                {%- set metric_column = dict(column, name=name | replace('metric_1_', metric ~ '_')) -%}
                {%- do contracted.update({metric_column['name']: metric_column}) -%}
            {%- endfor -%}
        {%- elif name.startswith('type_1_') -%}
            {%- for slot in type_slots() -%}
                {%- for metric in (metrics() if 'metric_1_' in name else ['metric_1']) -%}
                    {%- set slot_name = name | replace('metric_1_', metric ~ '_')
                        | replace('type_1_', 'type_' ~ slot ~ '_', 1) -%}
                    {%- do contracted.update({slot_name: dict(column, name=slot_name)}) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- elif not modules.re.match('metric_[0-9]+_', name) -%}
            {%- do contracted.update({name: column}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do model['columns'].clear() -%}
    {%- do model['columns'].update(contracted) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}


{# A number of deviations as something whose sums have the same bits in any order; what lies beyond a
    billion is a billion. #}
{% macro in_order_free_decimals(number) -%}
    cast(least(greatest({{ number }}, -1e9), 1e9) as decimal(25, 12))
{%- endmacro %}


{# The clocks of a phase's first four parts, as columns. #}
{% macro part_clocks(table='') -%}
    {%- for number in range(1, 5) -%}
        {{ table }}days_since_part_{{ number }}_service
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{# A machine's busiest types of a week, by their numbers: as many as models look at together. #}
{% macro type_slots() -%}
    {{ return(range(1, 7)) }}
{%- endmacro %}


{# What is told of each of them, beside which type it is and how many readings it has. #}
{% macro type_columns() -%}
    {%- set names = [] -%}
    {%- for metric in metrics() -%}
        {%- for statistic in ['mean_7d', 'std_7d', 'last_day_delta_7d'] -%}
            {%- do names.append(metric ~ '_' ~ statistic) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{# One type of a machine's week as a row: the one with most readings is the first of its list. #}
{% macro type_row() -%}
    {%- set row = {
        'fewest_readings': '-reading_count_7d',
        'arepa_type': 'arepa_type',
        'code': 'cast(' ~ fingerprint('arepa_type') ~ ' as double)',
        'readings_7d': 'cast(reading_count_7d as double)',
    } -%}
    {%- for column in type_columns() -%}
        {%- do row.update({column: column}) -%}
    {%- endfor -%}
    {{ return(row) }}
{%- endmacro %}


{# Their columns, of a list `type_list` of such rows. #}
{% macro types_side_by_side() -%}
    {%- for slot in type_slots() -%}
        {%- for column in ['code', 'readings_7d'] + type_columns() -%}
            {{ element('type_list', slot) }}.{{ column }} as type_{{ slot }}_{{ column }}
            {%- if not loop.last %},
        {% endif -%}
        {%- endfor -%}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{% macro type_slot_columns(table='') -%}
    {%- for slot in type_slots() -%}
        {%- for column in ['code', 'readings_7d'] + type_columns() -%}
            {{ table }}type_{{ slot }}_{{ column }}
            {%- if not loop.last %},
        {% endif -%}
        {%- endfor -%}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The metrics of readings, null where a reading is faulty. #}
{% macro reliable_metrics() -%}
    {%- for metric in metrics() -%}
        case when not is_faulty then {{ metric }} end as {{ metric }}
        {%- if not loop.last %}, {% endif %}
    {%- endfor %}
{%- endmacro %}
