with

runs as (

    select * from {{ ref('stg_ml__runs') }}
    where status <> 'running'

),

final as (

    select
        run_id,
        step,
        as_of_date,
        started_at,
        ended_at,
        {{ milliseconds_between('started_at', 'ended_at') }} / 1000e0 as duration_s,
        row_count,
        status,
        message

    from runs

)

select * from final
