{#
    The grain of a model: no two rows share these columns, and none of them is null but those in
    `optional_columns`. One test instead of one per column, because it runs every morning; where
    the table is long, `among` limits it to the rows that this run wrote. As in the contracts,
    metric_1 stands for all METRICS.
#}
{% test unique_combination_of_columns(
    model, combination_of_columns, optional_columns=[], among=none
) %}
    {%- set columns = [] -%}
    {%- for column in combination_of_columns -%}
        {%- do columns.extend(metrics() if column == 'metric_1' else [column]) -%}
    {%- endfor -%}
    {%- set required_columns = columns | reject('in', optional_columns) | list %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count

    from {{ model }}
    {%- if among and not flags.FULL_REFRESH %}

    where {{ among }}
    {%- endif %}

    group by all

    having count(*) > 1 or {{ required_columns | join(' is null or ') }} is null
{% endtest %}
