with

model_versions as (

    select * from {{ ref('stg_ml__model_versions') }}

),

promotion_history as (

    select * from {{ ref('stg_ml__promotion_history') }}

),

newest_versions as (

    select *

    from model_versions

    qualify
        row_number() over (
            partition by arepa_type
            order by trained_as_of_date desc, cast(model_version as bigint) desc
        ) = 1

),

champions as (

    select
        arepa_type,
        to_version as champion_version,
        as_of_date as champion_since_date

    from promotion_history

    where verdict in ('promote', 'rollback')

    qualify
        row_number() over (
            partition by arepa_type
            order by as_of_date desc, decided_at desc
        ) = 1

),

final as (

    select
        newest_versions.arepa_type,
        newest_versions.model_name,
        champions.champion_version,
        champions.champion_since_date,
        nullif(newest_versions.model_version, champions.champion_version)
            as challenger_version,
        live_versions.trained_as_of_date,
        live_versions.fitted_from_date,
        live_versions.fitted_to_date,
        live_versions.stop_threshold_probability

    from newest_versions

    left join champions
        on newest_versions.arepa_type = champions.arepa_type

    left join model_versions as live_versions
        on
            newest_versions.arepa_type = live_versions.arepa_type
            and coalesce(champions.champion_version, newest_versions.model_version)
            = live_versions.model_version

)

select * from final
