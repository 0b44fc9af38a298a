{# As the load tells it, `_checked` of raw/lines.py. #}
{%- set before, after = ': column ', ' is missing (' %}

with

files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

lacking as (

    select
        files.source_file,
        split_part(split_part(files.problem, '{{ before }}', 2), '{{ after }}', 1)
            as columns_missing

    from files

    where
        files.source_table = 'cooking_metrics'
        and files.problem like '%{{ before }}%{{ after }}%'

),

files_of_readings as (

    select count(*) as file_count

    from files

    where source_table = 'cooking_metrics'

),

{# Each is named besides; that all before a gauge came are gone has to be said once. #}
final as (

    select
        'lacking_metrics' as check_name,
        lacking.columns_missing as subject,
        count(*) / files_of_readings.file_count as value,
        concat(
            count(*), ' of ', files_of_readings.file_count,
            ' files of readings lack this column of METRICS and are set aside,',
            ' so models and clocks begin with the others;',
            ' deliver them with it, or take it out of METRICS'
        ) as message

    from lacking

    cross join files_of_readings

    where
        concat(', ', lacking.columns_missing, ',') not like '%, timestamp,%'
        and concat(', ', lacking.columns_missing, ',') not like '%, machine_id,%'
        and concat(', ', lacking.columns_missing, ',') not like '%, batch_id,%'

    group by lacking.columns_missing, files_of_readings.file_count

)

select * from final
