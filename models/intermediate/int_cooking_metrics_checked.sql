with

cooking_metrics as (

    select * from {{ ref('stg_kitchen__cooking_metrics') }}

),

current_files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

readings_duplicated as (

    select * from {{ ref('int_readings_duplicated') }}

),

machines as (

    select * from {{ ref('int_machines') }}

),

batches as (

    select * from {{ ref('int_batch_registrations') }}
    where is_latest

),

batches_of_kitchens as (

    select * from {{ ref('int_batch_registrations') }}
    where is_for_kitchen_alone

),

faulty_intervals as (

    select * from {{ ref('int_faulty_intervals_by_day') }}

),

final as (

    select
        cooking_metrics.file_id,
        current_files.path_id,
        cooking_metrics.source_line,
        machines.kitchen_id,
        cooking_metrics.machine_id,
        machines.phase,
        coalesce(batches_of_kitchens.arepa_type, batches.arepa_type_elsewhere)
            as arepa_type,
        cooking_metrics.batch_id,
        batches.file_id * 2147483648 + batches.source_line as batch_number,
        cooking_metrics.measured_date,
        cooking_metrics.measured_at,
        faulty_intervals.machine_id is not null as is_faulty,
        {%- for metric in metrics() %}
        cooking_metrics.{{ metric }},
        {%- endfor %}
        case
            when batches.batch_id is null then 'unknown_batch'
            when machines.machine_id is null then 'unknown_machine'
            when
                batches_of_kitchens.arepa_type is null
                and batches.arepa_type_elsewhere is null
                then 'ambiguous_batch'
        end as rejection_reason

    from cooking_metrics

    inner join current_files
        on cooking_metrics.file_id = current_files.file_id

    anti join readings_duplicated
        on
            current_files.path_id = readings_duplicated.path_id
            and cooking_metrics.source_line = readings_duplicated.source_line

    left join batches
        on cooking_metrics.batch_id = batches.batch_id

    left join machines
        on cooking_metrics.machine_id = machines.machine_id

    left join batches_of_kitchens
        on
            cooking_metrics.batch_id = batches_of_kitchens.batch_id
            and machines.kitchen_id = batches_of_kitchens.kitchen_id

    left join faulty_intervals
        on
            cooking_metrics.machine_id = faulty_intervals.machine_id
            and cooking_metrics.measured_date = faulty_intervals.measured_date
            and cooking_metrics.measured_at >= faulty_intervals.started_at
            and cooking_metrics.measured_at <= faulty_intervals.ended_at

    where cooking_metrics.rejection_reason is null

)

select * from final
