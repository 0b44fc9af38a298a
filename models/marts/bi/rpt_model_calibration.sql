with

calibration as (

    select * from {{ ref('stg_ml__calibration') }}

),

newest as (

    select *

    from calibration

    qualify backtest_date = max(backtest_date) over (partition by arepa_type)

),

final as (

    select
        arepa_type,
        model_version,
        backtest_date,
        bin,
        predicted_mean,
        observed_ratio,
        row_count

    from newest

)

select * from final
