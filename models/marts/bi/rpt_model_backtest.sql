with

backtest_metrics as (

    select * from {{ ref('stg_ml__backtest_metrics') }}

),

newest as (

    select *

    from backtest_metrics

    qualify backtest_date = max(backtest_date) over (partition by arepa_type)

),

final as (

    select
        arepa_type,
        model_version,
        backtest_date,
        policy,
        metric,
        value,
        lower_value,
        upper_value,
        from_date,
        to_date

    from newest

)

select * from final
