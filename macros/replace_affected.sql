{#
    Incremental strategy `replace_affected`: what the model selected takes the place of all rows
    whose unique_key is affected, so that rows which vanished upstream vanish here too, which
    neither `merge` nor `delete+insert` does. The model names the affected keys' relation in
    `meta.affected_by` and selects only those keys.
#}
{% macro get_incremental_replace_affected_sql(arg_dict) -%}
    {%- set key = arg_dict['unique_key'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ key }} in (select {{ key }} from {{ ref(config.get('meta')['affected_by']) }});

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}


{# The filter that goes with it: on an incremental run, only the affected keys. #}
{% macro only_affected(key, affected_by) -%}
    {#- Outside the condition, so that dbt sees the dependency when it parses. -#}
    {%- set affected = ref(affected_by) -%}
    {%- if is_incremental() -%}
        where {{ key }} in (select {{ key }} from {{ affected }})
    {%- endif -%}
{%- endmacro %}


{# Forget the rows of files whose replacement has been built everywhere. #}
{% macro delete_purged_files() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where file_id not in (select file_id from {{ source('kitchen', 'files') }})
    {%- endif -%}
{%- endmacro %}
