{#
    What was found wrong on each morning as it was run: a log that no rebuild could tell again, so
    a full refresh leaves it.
#}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_affected',
        unique_key='as_of_date',
        full_refresh=false,
        meta={'affected_by': 'stg_kitchen__run_settings'}
    )
}}

with

data_checks as (

    select * from {{ ref('data_checks') }}

),

publications as (

    select * from {{ ref('stg_ml__publications') }}

),

data_check_limits as (

    select * from {{ ref('stg_kitchen__data_check_limits') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{# The first publication of a morning counts; while there is none, the clock does. #}
deadlines as (

    select
        run_settings.as_of_date,
        data_check_limits.check_name,
        data_check_limits.severity,
        cast(run_settings.publish_deadline_at as {{ dbt.type_string() }})
            as deadline_text,
        coalesce(
            min_by(publications.is_in_time, publications.published_at) filter (
                where publications.is_in_time is not null
            ),
            coalesce({{ local_time() }} <= run_settings.publish_deadline_at, true)
        ) as is_in_time

    from run_settings

    inner join data_check_limits
        on data_check_limits.check_name = 'published_late'

    left join publications
        on run_settings.as_of_date = publications.as_of_date

    group by
        run_settings.as_of_date,
        run_settings.publish_deadline_at,
        data_check_limits.check_name,
        data_check_limits.severity

),

final as (

    select
        as_of_date,
        check_name,
        subject,
        severity,
        value,
        limit_value,
        message

    from data_checks

    union all

    select
        as_of_date,
        check_name,
        'plan' as subject,
        severity,
        1e0 as value,
        0e0 as limit_value,
        'the plan was published after its deadline'
        || coalesce(' of ' || substr(deadline_text, 12, 5), '') as message

    from deadlines

    where not is_in_time

)

select * from final
