{#
    The features of one metric from its exact sums over seven days: level, spread, extremes, trend
    per day, the last day and the one before it, and the last day against the week. Moving the day numbers
    to the week's own origin before leaving exact arithmetic keeps the trend from drowning in
    rounding.
#}
{% macro seven_day_statistics(metric) -%}
        {%- set mean = 'cast(' ~ metric ~ '_sum as double) / nullif(reading_count_7d, 0)' -%}
        {{ mean }} as {{ metric }}_mean_7d,
        case
            when reading_count_7d > 1
                then sqrt(
                    greatest(
                        cast({{ metric }}_squares_sum as double)
                        - cast({{ metric }}_sum as double) * ({{ mean }}),
                        0
                    ) / (reading_count_7d - 1)
                )
        end as {{ metric }}_std_7d,
        {{ metric }}_min as {{ metric }}_min_7d,
        {{ metric }}_max as {{ metric }}_max_7d,
        (
            cast(
                cast({{ metric }}_day_product_sum as decimal(37, 12))
                - cast({{ metric }}_sum as decimal(28, 12)) * cast(day_number as decimal(6, 0))
                as double
            ) * reading_count_7d
            - cast(day_sum - day_number * reading_count_7d as double)
            * cast({{ metric }}_sum as double)
        ) / nullif(
            cast(
                reading_count_7d * day_squares_sum - day_sum * day_sum as double
            ), 0
        ) as {{ metric }}_slope_7d,
        {{ metric }}_sum_1d / nullif(reading_count_1d, 0) as {{ metric }}_mean_1d,
        {{ metric }}_sum_1d_before / nullif(reading_count_1d_before, 0)
            as {{ metric }}_mean_1d_before,
        {{ metric }}_sum_1d / nullif(reading_count_1d, 0) - {{ mean }}
            as {{ metric }}_last_day_delta_7d
{%- endmacro %}
