{#
    The adapter's own writes a null as the text `None`, breaks on quotes, and makes a
    null of what is no value of its column's type.
#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set names = [] -%}
    {%- set values = [] -%}
    {%- for column in agate_table.column_names -%}
        {%- set name = adapter.quote(column) -%}
        {%- do names.append(name) -%}
        {%- set guessed = adapter.convert_type(agate_table, loop.index0) -%}
        {%- do values.append(spark_value(name, types.get(column, guessed))) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set cells = [] -%}
        {%- for cell in row -%}
            {%- do cells.append(spark_literal(cell)) -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set sql -%}
        insert into {{ this }}
        select {{ values | join(', ') }}
        from values {{ rows | join(', ') }} as cells ({{ names | join(', ') }})
    {%- endset -%}
    {%- if rows -%}
        {%- do adapter.add_query(sql, abridge_sql_log=true) -%}
    {%- endif -%}
    {{ return(sql) }}
{%- endmacro %}


{# A cell as a value of its column's type; ends the seed where it is none. #}
{% macro spark_value(name, type) -%}
    coalesce(
        try_cast({{ name }} as {{ type }}),
        case
            when {{ name }} is not null
                then raise_error(
                    concat('{{ name }}: "', {{ name }}, '" is no {{ type }}')
                )
        end
    )
{%- endmacro %}


{% macro spark_literal(value) -%}
    {%- if value is none -%}
        cast(null as string)
    {%- else -%}
        '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
