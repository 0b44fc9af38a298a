with

machines as (

    select * from {{ ref('int_machines') }}

),

kitchen_mornings as (

    select * from {{ ref('fct_kitchen_mornings') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

kitchens as (

    select distinct kitchen_id

    from machines

),

kitchens_this_morning as (

    select
        kitchens.kitchen_id,
        kitchen_mornings.last_measured_at,
        coalesce(kitchen_mornings.reading_count_1d, 0) = 0 as is_missing,
        coalesce(kitchen_mornings.machine_count, 0) as machine_count,
        coalesce(kitchen_mornings.silent_machine_count, 0) as silent_machine_count

    from kitchens

    cross join run_settings

    left join kitchen_mornings
        on
            kitchens.kitchen_id = kitchen_mornings.kitchen_id
            and run_settings.as_of_date = kitchen_mornings.as_of_date

),

missing as (

    select
        'missing_kitchens' as check_name,
        kitchen_id as subject,
        avg(cast(is_missing as integer)) over () as value,
        'no reading of the day before, the latest is of '
        || coalesce(
            {{ minute_text('last_measured_at') }}, 'more than 28 days ago'
        ) as message

    from kitchens_this_morning

    qualify is_missing

),

silent as (

    select
        'silent_machines' as check_name,
        kitchen_id as subject,
        silent_machine_count / machine_count as value,
        silent_machine_count
        || ' of '
        || machine_count
        || ' machines sent nothing for two days and are not known to be down'
            as message

    from kitchens_this_morning

    where silent_machine_count > 0

),

final as (

    select * from missing

    union all

    select * from silent

)

select * from final
