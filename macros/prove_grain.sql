{#
    After a model is built and before its transaction ends: prove the grains that its YAML names by
    unique_combination_of_columns, so that what breaks its grain never takes the place of what was
    there. The same tests as nodes of their own would cost more each morning than all models' SQL;
    the selectors leave them to `dbt test`.
    Of a model with a row for each reading, the morning counts instead: a test that is named by
    `meta.counted_by` adds its rows up with those of the models around it, which finds what is
    doubled or lost for a tenth of the cost of looking for two rows of one key.
#}
{% macro prove_grain() %}
    {%- set grains = [] -%}
    {%- if execute -%}
        {%- for test in graph.nodes.values() | selectattr('attached_node', 'equalto', model.unique_id)
            if test.test_metadata.name == 'unique_combination_of_columns'
            and not test.config.meta.get('counted_by') -%}
            {%- set arguments = test.test_metadata.kwargs -%}
            {%- do grains.append(rows_that_break_the_grain(
                this,
                arguments['combination_of_columns'],
                arguments.get('optional_columns', []),
                arguments.get('among')
            )) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(adapter.dispatch('refuse_rows')(grains)) }}
{% endmacro %}


{# The statement of a hook that fails with the first row that one of the queries finds. #}
{% macro default__refuse_rows(queries) %}
    {%- for query in queries -%}
        select error(concat('not one row per key: ', cast(broken as varchar))) from ({{ query }}) as broken;
    {% endfor -%}
{% endmacro %}

{# A session on Spark computes nothing that nobody fetches. #}
{% macro spark__refuse_rows(queries) %}
    {%- for query in queries -%}
        {%- for row in run_query(query) -%}
            {%- do exceptions.raise_compiler_error(
                'not one row per key: ' ~ row.items() | map('join', '=') | join(', ')
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}


{% macro rows_that_break_the_grain(relation, combination_of_columns, optional_columns, among) %}
    {%- set columns = [] -%}
    {%- for column in combination_of_columns -%}
        {%- do columns.extend(metrics() if column == 'metric_1' else [column]) -%}
    {%- endfor -%}
    {%- set required_columns = columns | reject('in', optional_columns) | list %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count

    from {{ relation }}
    {%- if among and not flags.FULL_REFRESH %}

    where {{ among }}
    {%- endif %}

    group by all

    having count(*) > 1 or {{ required_columns | join(' is null or ') }} is null
{% endmacro %}
