{#
    Tables and views on DuckDB, replaced in one transaction: DuckDB takes a drop back as well as an
    insert, so the adapter's way, another name that changes place with the old one, buys nothing
    and costs a third of an unchanged morning. No grants and no comments: the file has one owner.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(replace_relation('table', create_table_as)) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replace_relation('view', create_view_as)) }}
{% endmaterialization %}

{% macro replace_relation(type, create_as) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if existing is not none %}
        drop {{ existing.type }} {{ existing }};
        {%- endif %}
        {{ create_as(target, sql) if type == 'view' else create_as(False, target, sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmacro %}
