with

calibration as (

    select * from {{ source('ml', 'calibration') }}

),

renamed as (

    select
        arepa_type,
        model_version,
        backtest_date,
        bin,
        predicted_mean,
        observed_ratio,
        row_count

    from calibration

)

select * from renamed
