{#
    Ninety days are what a page shows, and pages are made of any of the last ninety mornings; older
    days stay in core. Normal is told of the newest ninety.
#}
with

newest_day as (

    select max(measured_date) as measured_date
    from {{ ref('fct_machine_metrics_daily') }}

),

recent_days as (

    select machine_metrics.*
    from {{ ref('fct_machine_metrics_daily') }} as machine_metrics
    inner join newest_day
        on machine_metrics.measured_date > newest_day.measured_date - 180

),

{# Normal is where the middle nine tenths of all machines' days of a type lie. #}
normal_bands as (

    select
        {%- for metric in metrics() %}
        {{ quantile('recent_days.' ~ metric ~ '_mean', 0.05) }}
            as {{ metric }}_normal_low,
        {{ quantile('recent_days.' ~ metric ~ '_mean', 0.95) }}
            as {{ metric }}_normal_high,
        {%- endfor %}
        recent_days.arepa_type,
        recent_days.phase

    from recent_days

    inner join newest_day
        on recent_days.measured_date > newest_day.measured_date - 90

    group by all

),

final as (

    select
        recent_days.kitchen_id,
        recent_days.machine_id,
        recent_days.arepa_type,
        recent_days.measured_date,
        recent_days.phase,
        {%- for metric in metrics() %}
        recent_days.{{ metric }}_mean,
        recent_days.{{ metric }}_min,
        recent_days.{{ metric }}_max,
        normal_bands.{{ metric }}_normal_low,
        normal_bands.{{ metric }}_normal_high,
        {%- endfor %}
        recent_days.reading_count,
        recent_days.faulty_reading_count,
        cast(recent_days.faulty_reading_count as double)
        / nullif(recent_days.reading_count + recent_days.faulty_reading_count, 0)
            as faulty_reading_ratio

    from recent_days

    left join normal_bands
        on
            recent_days.arepa_type = normal_bands.arepa_type
            and recent_days.phase = normal_bands.phase

)

select * from final
