{# What a day keeps of one metric: its exact sums and its extremes. #}
{% macro day_sums(metric) -%}
    {%- set names = [] -%}
    {%- for name in ['sum', 'squares_sum', 'fraction_squares_sum', 'min', 'max'] -%}
        {%- do names.append(metric ~ '_' ~ name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{# The exact sums of one metric over the seven days, and the means of the last two. #}
{% macro seven_day_sums(metric) -%}
        {{ metric }}_sum as {{ metric }}_sum_1d,
        {{ metric }}_mean_1d,
        lag({{ metric }}_mean_1d) over by_day as {{ metric }}_mean_1d_before,
        sum({{ metric }}_sum) over trailing_7d as {{ metric }}_sum,
        sum({{ metric }}_squares_sum) over trailing_7d as {{ metric }}_squares_sum,
        sum({{ metric }}_fraction_squares_sum) over trailing_7d
            as {{ metric }}_fraction_squares_sum,
        min({{ metric }}_min) over trailing_7d as {{ metric }}_min,
        max({{ metric }}_max) over trailing_7d as {{ metric }}_max,
        sum(
            cast({{ metric }}_sum as decimal(28, 12))
            * cast(day_number as decimal(6, 0))
        ) over trailing_7d as {{ metric }}_day_product_sum
{%- endmacro %}


{#
    What the statistics of one metric are measured from. Level and spread may be a million million
    times apart, more than a double can tell: so the whole number below the mean (the origin) and
    then the mean's distance from it, to six decimals, are subtracted from whole numbers and
    decimals, and only what is left becomes a double. Here and below, the widths of the decimals
    keep Spark from cutting digits off. Decimals are dear: what is needed twice has a name, since
    nothing within a `case` is computed only once.
#}
{% macro seven_day_origin(metric) -%}
        cast(
            floor(cast({{ metric }}_sum as double) / nullif(reading_count_7d, 0))
            as decimal(19, 0)
        ) as {{ metric }}_origin,
        cast(
            {{ sum_from_origin(metric, metric ~ '_sum', 'reading_count_7d') }}
            as decimal(20, 12)
        ) as {{ metric }}_distance_sum,
        cast(
            cast({{ metric }}_distance_sum as double) / nullif(reading_count_7d, 0)
            as decimal(7, 6)
        ) as {{ metric }}_distance,
        {{ whole_below(metric ~ '_sum', 20) }} as {{ metric }}_wholes,
        {{ whole_below(metric ~ '_squares_sum', 25) }} as {{ metric }}_squares_wholes
{%- endmacro %}


{#
    The features of one metric from its exact sums over seven days: level, spread, extremes, trend
    per day, the last day and the one before it, and the last day against the week.
#}
{% macro seven_day_statistics(metric) -%}
        {%- set mean = 'cast(' ~ metric ~ '_sum as double) / nullif(reading_count_7d, 0)' -%}
        {%- set day_sum = 'cast(day_sum - day_number * reading_count_7d as decimal(12, 0))' -%}
        {{ mean }} as {{ metric }}_mean_7d,
        case
            when reading_count_7d > 1
                then sqrt(
                    greatest({{ squares_from_mean(metric) }}, 0) / (reading_count_7d - 1)
                )
        end as {{ metric }}_std_7d,
        {{ metric }}_min as {{ metric }}_min_7d,
        {{ metric }}_max as {{ metric }}_max_7d,
        (
            cast(
                cast(
                    cast({{ metric }}_day_product_sum as decimal(37, 12))
                    - cast({{ metric }}_sum as decimal(28, 12))
                    * cast(day_number as decimal(6, 0))
                    as decimal(37, 12)
                ) - cast({{ metric }}_origin * {{ day_sum }} as decimal(25, 0))
                as double
            ) * reading_count_7d
            - cast({{ day_sum }} as double) * cast({{ metric }}_distance_sum as double)
        ) / nullif(
            cast(
                reading_count_7d * day_squares_sum - day_sum * day_sum as double
            ), 0
        ) as {{ metric }}_slope_7d,
        {{ metric }}_mean_1d,
        {{ metric }}_mean_1d_before,
        cast(
            {{ sum_from_origin(metric, metric ~ '_sum_1d', 'reading_count_1d') }}
            as double
        ) / nullif(reading_count_1d, 0)
        - cast({{ metric }}_distance_sum as double) / nullif(reading_count_7d, 0)
            as {{ metric }}_last_day_delta_7d
{%- endmacro %}


{# The sum of some readings' distances from the origin. #}
{% macro sum_from_origin(metric, sum, count) -%}
    cast({{ sum }} as decimal(37, 12))
    - cast({{ metric }}_origin * cast({{ count }} as decimal(10, 0)) as decimal(25, 0))
{%- endmacro %}


{#
    The squares of the distances from the mean: those from the origin, whole numbers apart from
    fractions since both cancel; the fractions are moved to the mean.
#}
{% macro seven_day_squares(metric) -%}
    {%- set origin, distance = metric ~ '_origin', metric ~ '_distance' -%}
    {%- set wholes = metric ~ '_wholes' -%}
    {%- set count = 'cast(reading_count_7d as decimal(10, 0))' -%}
    {%- set fraction_sum -%}
        cast(cast({{ metric }}_sum as decimal(37, 12)) - {{ wholes }} as decimal(13, 12))
    {%- endset -%}
        {{ metric }}_squares_wholes + {{ origin }} * cast(
            {{ origin }} * {{ count }} - {{ wholes }} - {{ wholes }} as decimal(22, 0)
        ) as {{ metric }}_squares_from_origin,
        cast(
            cast(
                cast(
                    cast({{ metric }}_squares_sum as decimal(37, 12))
                    - {{ metric }}_squares_wholes
                    as decimal(13, 12)
                ) - 2 * cast({{ origin }} * {{ fraction_sum }} as decimal(24, 12))
                as decimal(25, 12)
            ) + cast({{ metric }}_fraction_squares_sum as decimal(37, 24))
            as decimal(37, 24)
        ) + cast(
            {{ count }} * ({{ distance }} * {{ distance }})
            - 2 * {{ distance }} * {{ metric }}_distance_sum
            as decimal(30, 18)
        ) as {{ metric }}_fractions_from_mean,
        cast({{ metric }}_distance_sum - {{ count }} * {{ distance }} as double)
            as {{ metric }}_rest
{%- endmacro %}


{#
    Their sum. Where whole numbers are left that are too large for these decimals, the spread is so
    large that doubles are as good.
#}
{% macro squares_from_mean(metric) -%}
    {%- set wholes, fractions = metric ~ '_squares_from_origin', metric ~ '_fractions_from_mean' -%}
    case
        when abs({{ wholes }}) < 1000000000000
            then cast(
                cast({{ wholes }} as decimal(13, 0)) + cast({{ fractions }} as decimal(37, 24))
                as double
            )
        else cast({{ wholes }} as double) + cast({{ fractions }} as double)
    end - {{ metric }}_rest * {{ metric }}_rest / reading_count_7d
{%- endmacro %}


{# The whole number below a sum; 64 bits, where they hold it, are divided at a tenth of the cost. #}
{% macro whole_below(sum, digits) -%}
    case
        when abs({{ sum }}) < 1000000
            then cast(floor(cast({{ sum }} as decimal(18, 12))) as decimal({{ digits }}, 0))
        else cast(floor({{ sum }}) as decimal({{ digits }}, 0))
    end
{%- endmacro %}
