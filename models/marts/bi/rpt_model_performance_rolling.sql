{#
    Twelve weeks of windows of 28 days, the newest of 90, and what is still pending.
    All intervals hold four times in five: 1.2816 deviations of a normal distribution,
    1.64249856 its square. Breakdowns and first false stops are what is independent; the
    mornings before one breakdown are not.
#}
with

predictions as (

    select * from {{ ref('rpt_prediction_outcomes') }}

),

promised as (

    select
        arepa_type,
        backtest_date,
        upper_value as brier_score_promised,
        lead(backtest_date, 1, cast('9999-12-31' as date)) over (
            partition by arepa_type
            order by backtest_date
        ) as next_backtest_date

    from {{ ref('stg_ml__backtest_metrics') }}

    where metric = 'brier_score' and policy = 'model'

),

judged as (

    select
        *,
        cast(has_breakdown as integer) as breakdown,
        is_flagged
        and not coalesce(
            lag(is_flagged) over (
                partition by machine_id, arepa_type, model_role, model_version
                order by as_of_date
            ), false
        ) as is_first_flagged,
        max(case when not is_pending then as_of_date end) over () as newest_known_date

    from predictions

),

windows as (

    select distinct
        as_of_date as to_date,
        28 as window_days

    from judged

    where
        as_of_date <= newest_known_date
        and as_of_date > newest_known_date - 84
        and {{ days_between('as_of_date', 'newest_known_date') }} % 7 = 0

    union all

    select distinct
        newest_known_date as to_date,
        90 as window_days

    from judged

),

windowed as (

    select
        judged.*,
        windows.to_date,
        windows.window_days

    from judged

    inner join windows
        on
            judged.as_of_date <= windows.to_date
            and judged.as_of_date > windows.to_date - windows.window_days

    where judged.breakdown is not null

    union all

    select
        *,
        max(as_of_date) over () as to_date,
        horizon_days as window_days

    from judged

    where is_pending

),

{# Equal probabilities stand or fall together. #}
ranked as (

    select
        *,
        sum(breakdown) over by_risk * 1e0 / count(*) over by_risk as precision_so_far,
        case
            when breakdown = 1
                then machine_id || ' ' || cast(event_date as {{ dbt.type_string() }})
        end as event_key

    from windowed

    window
        by_risk as (
            partition by arepa_type, model_role, model_version, to_date, window_days
            order by failure_probability desc
            range between unbounded preceding and current row
        )

),

{# Mornings that share a horizon count as one where errors are estimated. #}
summed as (

    select
        arepa_type,
        model_role,
        model_name,
        model_version,
        to_date as as_of_date,
        is_pending as is_estimate,
        window_days,
        count(*) as morning_count,
        count(distinct event_key) as breakdown_count,
        count(distinct case when is_flagged then event_key end) as caught_count,
        count(*) filter (where breakdown = 0 and is_first_flagged) as false_stop_count,
        avg(failure_probability) as failure_probability_mean,
        avg(breakdown) as breakdown_share,
        avg(case when breakdown = 1 then precision_so_far end) as average_precision,
        1.2816e0 * stddev_samp(case when breakdown = 1 then precision_so_far end)
        / nullif(sqrt(count(distinct event_key)), 0) as precision_margin,
        avg(power(failure_probability - breakdown, 2)) as brier_score,
        1.2816e0 * stddev_samp(power(failure_probability - breakdown, 2))
        * sqrt(max(horizon_days) * 1e0 / count(*)) as brier_margin,
        avg(failure_probability * (1 - failure_probability)) as brier_score_expected

    from ranked

    group by all

),

{# Wilson's intervals: of a share among breakdowns, of a number of false stops. #}
with_margins as (

    select
        *,
        breakdown_count >= 5 as is_known,
        breakdown_share * 1.2816e0 / nullif(sqrt(breakdown_count), 0) as share_margin,
        (caught_count + 0.82124928e0) / (breakdown_count + 1.64249856e0)
            as caught_centre,
        1.2816e0 * sqrt(
            caught_count * (breakdown_count - caught_count) * 1e0
            / nullif(breakdown_count, 0)
            + 0.41062464e0
        ) / (breakdown_count + 1.64249856e0) as caught_margin,
        case when not is_estimate then false_stop_count + 0.82124928e0 end
            as false_stop_centre,
        least(
            1.2816e0 * sqrt(false_stop_count + 0.41062464e0),
            false_stop_count + 0.82124928e0
        ) as false_stop_margin

    from summed

),

final as (

    select
        summed.arepa_type,
        summed.model_role,
        summed.model_name,
        summed.model_version,
        summed.as_of_date,
        summed.window_days,
        case
            when summed.is_estimate then 'estimate'
            when not summed.is_known then 'too_few_breakdowns'
            else 'known'
        end as status,
        summed.is_known
        and summed.brier_score - summed.brier_margin > promised.brier_score_promised
            as is_worse_than_promised,
        summed.morning_count,
        summed.breakdown_count,
        summed.caught_count,
        summed.breakdown_count - summed.caught_count as missed_count,
        case when summed.is_known then summed.caught_centre - summed.caught_margin end
            as caught_share_lower,
        case when summed.is_known then summed.caught_centre + summed.caught_margin end
            as caught_share_upper,
        summed.false_stop_count,
        summed.false_stop_count * 30e0 / summed.morning_count
            as false_stops_per_machine_month,
        (summed.false_stop_centre - summed.false_stop_margin)
        * 30e0 / summed.morning_count as false_stops_per_machine_month_lower,
        (summed.false_stop_centre + summed.false_stop_margin)
        * 30e0 / summed.morning_count as false_stops_per_machine_month_upper,
        summed.failure_probability_mean,
        summed.breakdown_share,
        case when summed.is_known then summed.breakdown_share - summed.share_margin end
            as breakdown_share_lower,
        case when summed.is_known then summed.breakdown_share + summed.share_margin end
            as breakdown_share_upper,
        case when summed.is_known then summed.average_precision end
            as average_precision,
        case
            when summed.is_known
                then greatest(summed.average_precision - summed.precision_margin, 0)
        end as average_precision_lower,
        case
            when summed.is_known
                then least(summed.average_precision + summed.precision_margin, 1)
        end as average_precision_upper,
        summed.brier_score,
        case
            when summed.brier_score < summed.brier_margin then 0e0
            else summed.brier_score - summed.brier_margin
        end as brier_score_lower,
        summed.brier_score + summed.brier_margin as brier_score_upper,
        summed.brier_score_expected,
        promised.brier_score_promised

    from with_margins as summed

    left join promised
        on
            summed.arepa_type = promised.arepa_type
            and summed.as_of_date >= promised.backtest_date
            and summed.as_of_date < promised.next_backtest_date

)

select * from final
