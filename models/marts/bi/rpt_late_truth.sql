with

late_facts as (

    select * from {{ ref('stg_ml__late_facts') }}

),

trainings as (

    select max(trained_as_of_date) as newest_training_date
    from {{ ref('stg_ml__model_versions') }}

),

machines as (

    select * from {{ ref('dim_machines') }}

),

final as (

    select
        late_facts.fact_id,
        late_facts.noted_as_of_date,
        late_facts.noted_at,
        machines.kitchen_id,
        late_facts.machine_id,
        late_facts.source_table,
        late_facts.source_file,
        late_facts.change,
        late_facts.detail,
        late_facts.started_at,
        late_facts.ended_at,
        late_facts.training_row_count,
        late_facts.prediction_count,
        late_facts.model_versions,
        late_facts.changed_row_share,
        coalesce(
            late_facts.changed_row_share >= late_facts.share_to_retrain
            and trainings.newest_training_date < late_facts.noted_as_of_date,
            false
        ) as is_retrain_worth

    from late_facts

    cross join trainings

    left join machines
        on late_facts.machine_id = machines.machine_id

)

select * from final
