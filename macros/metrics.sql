{# The metrics that the machines report, from METRICS: the one list that every model loops over. #}
{% macro metrics() -%}
    {%- set names = [] -%}
    {%- for name in (env_var('METRICS', '') or 'metric_1,metric_2').split(',') -%}
        {%- do names.append(name | trim) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{#
    A sum that does not depend on the order of its terms, so that a rebuild, another number of
    threads and another engine give the same bits. Doubles would not.
#}
{% macro exact(expression) -%}
    cast({{ expression }} as decimal(38, 12))
{%- endmacro %}


{#
    Contracts name the columns of the default metrics; here they grow or shrink to METRICS, the
    columns of metric_1 serving as the pattern. So a fleet with twenty metrics keeps its contract.
#}
{% macro default__get_assert_columns_equivalent(sql) -%}
    {%- set contracted = {} -%}
    {%- for name, column in model['columns'].items() -%}
        {%- if name.startswith('metric_1_') -%}
            {%- for metric in metrics() -%}
                {%- set metric_column = dict(column, name=name | replace('metric_1_', metric ~ '_')) -%}
                {%- do contracted.update({metric_column['name']: metric_column}) -%}
            {%- endfor -%}
        {%- elif not modules.re.match('metric_[0-9]+_', name) -%}
            {%- do contracted.update({name: column}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do model['columns'].clear() -%}
    {%- do model['columns'].update(contracted) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}


{# The clocks of a phase's first four parts, as columns. #}
{% macro part_clocks(table='') -%}
    {%- for number in range(1, 5) -%}
        {{ table }}days_since_part_{{ number }}_service
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}
