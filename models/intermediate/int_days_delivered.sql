{{ config(materialized='table') }}

{%- set names = ['source_line', 'machine_id', 'batch_id', 'measured_at'] + metrics() %}
{%- set hashed_columns = [] %}
{%- for column in names %}
{%- do hashed_columns.append('cooking_metrics.' ~ column) %}
{%- endfor %}

with

cooking_metrics as (

    select * from {{ ref('stg_kitchen__cooking_metrics') }}

),

files as (

    select
        *,
        bool_or(was_built) over (partition by path_id) as is_redelivered

    from {{ ref('stg_kitchen__files') }}

),

{#
    A file that was delivered again, longer or corrected, differs only on some of its days: the
    fingerprint is a sum, so that it needs no sorting.
#}
final as (

    select
        files.path_id,
        cooking_metrics.measured_date,
        files.was_built,
        count(*) as reading_count,
        sum(
            case
                when files.is_redelivered
                    then {{ as_wide_integer(row_hash(hashed_columns)) }}
            end
        ) as fingerprint

    from cooking_metrics

    inner join files
        on cooking_metrics.file_id = files.file_id

    where
        files.was_built <> files.is_current
        and cooking_metrics.rejection_reason is null

    group by all

)

select * from final
