{# The folder's schema is the schema: isolation comes from the warehouse file, not from prefixes. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
