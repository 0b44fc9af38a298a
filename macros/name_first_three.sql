{#
    The first three texts of a group, by their places in it from 1 on, and how many more there are;
    null of an empty one.
#}
{% macro name_first_three(text, place='place') -%}
    {{ join_texts('case when ' ~ place ~ ' <= 3 then ' ~ text ~ ' end', [place]) }}
    || case
        when max({{ place }}) > 3 then concat(' and ', max({{ place }}) - 3, ' more')
        else ''
    end
{%- endmacro %}
