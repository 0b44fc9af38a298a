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


{#
    On Spark the days are partitions: those with rows are overwritten, those that became empty are
    dropped, which overwriting alone does not do. A key that is no day has no partitions: the
    model selects all rows and the table is overwritten whole. `append` is left to the adapter.
#}
{% macro dbt_spark_get_incremental_sql(
    strategy, source, target, existing, unique_key, incremental_predicates
) -%}
    {%- if strategy == 'append' -%}
        {{ get_insert_into_sql(source, target) }}
    {%- else -%}
        {%- do run_query('cache table ' ~ source) -%}
        {%- do drop_emptied_days(source, target, unique_key) -%}
        {{ get_insert_overwrite_sql(source, target, existing) }}
    {%- endif -%}
{%- endmacro %}


{# The adapter knows no strategies but its own. #}
{% macro dbt_spark_validate_get_incremental_strategy(raw_strategy, file_format) -%}
    {{ return(raw_strategy) }}
{%- endmacro %}


{% macro drop_emptied_days(source, target, key) -%}
    {%- if replaces_by(key) -%}
        {%- set emptied %}
            select cast({{ key }} as string) as emptied_day
            from {{ ref(config.get('meta')['affected_by']) }}
            where {{ key }} not in (select {{ key }} from {{ source }})
        {%- endset -%}
        {%- for row in run_query(emptied) -%}
            {%- do run_query(
                'alter table ' ~ target ~ ' drop if exists partition ('
                ~ key ~ " = date '" ~ row['emptied_day'] ~ "')"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{# Whether rows can be replaced by this key: on Spark, only where its values are partitions. #}
{% macro replaces_by(key) -%}
    {{ return(adapter.dispatch('replaces_by')(key)) }}
{%- endmacro %}

{% macro default__replaces_by(key) -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__replaces_by(key) -%}
    {{ return(key.endswith('_date')) }}
{%- endmacro %}


{% macro spark__partition_cols(label, required=false) -%}
    {%- set key = config.get('unique_key') -%}
    {%- if key and replaces_by(key) -%}
        {{ label }} ({{ key }})
    {%- endif -%}
{%- endmacro %}


{# The filter that goes with it: on an incremental run, only the affected keys. #}
{% macro only_affected(key, affected_by) -%}
    {#- Outside the condition, so that dbt sees the dependency when it parses. -#}
    {%- set affected = ref(affected_by) -%}
    {%- if is_incremental() and replaces_by(key) -%}
        where {{ key }} in (select {{ key }} from {{ affected }})
    {%- endif -%}
{%- endmacro %}


{# The filter of what windows that end on affected keys reach back to. #}
{% macro since_affected(date, affected_by, days) -%}
    {%- set affected = ref(affected_by) -%}
    {%- if is_incremental() -%}
        {{ date }} >= (
            select min({{ config.get('unique_key') }}) - {{ days }}
            from {{ affected }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{# Forget the rows of files whose replacement has been built everywhere. #}
{% macro delete_purged_files() -%}
    {{ return(adapter.dispatch('delete_purged_files')()) }}
{%- endmacro %}

{% macro default__delete_purged_files() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where file_id not in (select file_id from {{ source('kitchen', 'files') }})
    {%- endif -%}
{%- endmacro %}

{# A lake keeps what it was given; rows of replaced files join nothing that is current. #}
{% macro spark__delete_purged_files() -%}
{%- endmacro %}
