{#
    Numbers the runs of equal states: rows of a run, which follow each other, have the same number
    among those of their group and state, and others another one. The state has no nulls.
#}
{% macro run_number(state, group, order) -%}
    row_number() over (partition by {{ group }} order by {{ order }})
    - row_number() over (partition by {{ group }}, {{ state }} order by {{ order }})
{%- endmacro %}
