{# A view: training reads it every two months, the morning never. #}
{{ config(materialized='view') }}

with

features as (

    select * from {{ ref('feat_machine_arepa_daily') }}

),

labels as (

    select * from {{ ref('label_machine_daily') }}

),

{# What the maintenance log knows nothing of would be learnt as healthy. #}
machines_unlogged as (

    select * from {{ ref('int_machines_unlogged') }}

),

final as (

    select
        features.*,
        labels.label_mature_date,
        labels.horizon_days,
        labels.has_breakdown,
        labels.next_breakdown_at,
        labels.next_planned_stop_at

    from features

    inner join labels
        on
            features.machine_id = labels.machine_id
            and features.as_of_date = labels.as_of_date

    anti join machines_unlogged
        on features.machine_id = machines_unlogged.machine_id

    where
        labels.has_breakdown is not null
        and features.reading_count_7d > 0
        and not features.is_down

)

{# The contract spells out what `features.*` holds. #}
select * from final -- noqa: AM04
