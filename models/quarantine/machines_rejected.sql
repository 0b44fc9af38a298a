with

cooking_metrics as (

    select * from {{ ref('stg_kitchen__cooking_metrics') }}

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

readings_unregistered as (

    select * from {{ ref('int_readings_unregistered') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

readings_rejected as (

    select
        cooking_metrics.machine_id,
        cooking_metrics.measured_date,
        cooking_metrics.rejection_reason

    from cooking_metrics

    inner join current_files
        on cooking_metrics.file_id = current_files.file_id

    where cooking_metrics.rejection_reason is not null

    union all

    select
        machine_id,
        measured_date,
        rejection_reason

    from readings_unregistered

),

counted as (

    select
        readings_rejected.machine_id,
        readings_rejected.rejection_reason,
        count(*) as row_count

    from readings_rejected

    inner join run_settings
        on
            readings_rejected.measured_date >= run_settings.as_of_date - 2
            and readings_rejected.measured_date < run_settings.as_of_date

    group by readings_rejected.machine_id, readings_rejected.rejection_reason

),

final as (

    select
        machine_id,
        {{ join_texts(
            "concat(rejection_reason, ' ', row_count)",
            ['row_count desc', 'rejection_reason asc']
        ) }} as reasons

    from counted

    group by machine_id

)

select * from final
