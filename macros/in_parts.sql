{#
    A table of many rows, made part by part, so that it needs the memory of a part whatever the
    fleet's size: DuckDB puts groups, sorts and joins on disk, but not the lists that an aggregate
    makes. The model tells in `meta.parts` the relation `of` whose affected rows it is made, and how
    many of them a part has at `most`; and reads `where in_part(key)`: what belongs together shares
    a key.
#}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- set create = dbt.duckdb__create_table_as(
        temporary, relation, compiled_code, language, partitioned_by, sorted_by
    ) -%}
    {%- set parts = part_count() -%}
    {%- if parts == 1 -%}
        {{ create }}
    {%- else %}
        {{ tell_part(0, parts) }}
        {{ create }}
        {%- for part in range(1, parts) %}
        {{ tell_part(part, parts) }}
        insert into {{ relation.include(database=not temporary, schema=not temporary) }} by name (
            {{ compiled_code }}
        );
        {%- endfor %}
        reset variable first_hash;
        reset variable last_hash;
    {%- endif -%}
{%- endmacro %}


{% macro part_count() -%}
    {%- set meta, key = config.get('meta', {}), config.get('unique_key') -%}
    {%- set parts = meta.get('parts') -%}
    {%- if not execute or not parts -%}
        {{ return(1) }}
    {%- endif -%}
    {%- set rows_to_read -%}
        select count(*)
        from {{ ref(parts['of']) }}
        where {{ key }} in (select {{ key }} from {{ ref(meta['affected_by']) }})
    {%- endset -%}
    {{ return(1 + run_query(rows_to_read).columns[0].values()[0] // parts['most']) }}
{%- endmacro %}


{% macro tell_part(part, parts) -%}
        set variable first_hash = {{ 2 ** 64 * part // parts }}::ubigint;
        set variable last_hash = {{ 2 ** 64 * (part + 1) // parts - 1 }}::ubigint;
{%- endmacro %}


{# Whether a row is of the part that is made now; of all parts where none is told. #}
{% macro in_part(key) -%}
    {{ return(adapter.dispatch('in_part')(key)) }}
{%- endmacro %}

{# As a range: what might fail, as a remainder, DuckDB computes after all joins. #}
{% macro default__in_part(key) -%}
    hash({{ key }}) between coalesce(getvariable('first_hash'), 0::ubigint)
    and coalesce(getvariable('last_hash'), {{ 2 ** 64 - 1 }}::ubigint)
{%- endmacro %}

{# A cluster makes parts by itself. #}
{% macro spark__in_part(key) -%}
    true
{%- endmacro %}
