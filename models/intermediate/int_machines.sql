{{ config(materialized='table') }}

with

machine_registrations as (

    select * from {{ ref('int_machine_registrations') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

cooking_metrics as (

    select * from {{ ref('stg_kitchen__cooking_metrics') }}

),

registered as (

    select
        machine_id,
        kitchen_id,
        zone,
        phase,
        installed_date

    from machine_registrations

    where is_kept

),

{# Without a machines file every machine seen is in kitchen k1, phase 1. #}
seen as (

    select distinct
        machine_id,
        'k1' as kitchen_id,
        cast(null as {{ dbt.type_string() }}) as zone,
        1 as phase,
        cast(null as date) as installed_date

    from cooking_metrics

    where
        rejection_reason is null
        and not (select run_settings.has_machines from run_settings)

),

final as (

    select * from registered

    union all

    select * from seen

)

select * from final
