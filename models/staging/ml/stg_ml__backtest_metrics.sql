with

backtest_metrics as (

    select * from {{ source('ml', 'backtest_metrics') }}

),

renamed as (

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

    from backtest_metrics

)

select * from renamed
