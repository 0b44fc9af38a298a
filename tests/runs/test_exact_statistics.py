"""The features' statistics against two passes over the readings, at any level and spread."""

import math
from collections.abc import Callable
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from python_ml.settings import PROJECT_DIR

FIRST_DAY_NUMBER = 9_800  # days since 2000-01-01, as the features count them
STATISTICS = ("mean_7d", "std_7d", "slope_7d", "mean_1d", "mean_1d_before", "last_day_delta_7d")
# What the model's windows add up over the seven days, here of one week.
QUERY = """
with
days as (
    select
        day,
        {sum} as m_sum,
        {squares_sum} as m_squares_sum,
        {fraction_squares_sum} as m_fraction_squares_sum,
        min(x) as m_min,
        max(x) as m_max,
        count(*) as reading_count
    from (select unnest($days) as day, unnest($readings) as x)
    group by day
),
placed as (
    select
        days.* replace (coalesce(reading_count, 0) as reading_count),
        cast({first_day_number} as bigint) + day_on as day_number,
        cast(m_sum as double) / nullif(reading_count, 0) as m_mean_1d
    from (select unnest(range(min(day), max(day) + 1)) as day_on from days)
    left join days on day_on = day
),
summed as (
    select
        day,
        day_number,
        {sums},
        reading_count as reading_count_1d,
        sum(reading_count) over trailing_7d as reading_count_7d,
        sum(day_number * reading_count) over trailing_7d as day_sum,
        sum(day_number * day_number * reading_count) over trailing_7d as day_squares_sum
    from placed
    window
        by_day as (order by day_number),
        trailing_7d as (order by day_number rows between 6 preceding and current row)
),
with_origins as (select *, {origin}, {squares} from summed)
select {statistics} from with_origins order by day_number desc limit 1
"""

Week = list[tuple[int, float]]


@pytest.fixture(scope="module")
def compute() -> Callable[[Week], dict[str, float]]:
    """Compute a week's statistics by the very macros that the models are made of."""
    text = "".join(
        (PROJECT_DIR / "macros" / name).read_text()
        for name in ("metrics.sql", "seven_day_statistics.sql")
    )
    jinja = Environment(extensions=["jinja2.ext.do"])
    jinja.globals["wide_sum"] = lambda expression: f"sum({expression})"
    macros = jinja.from_string(text).module
    query = QUERY.format(
        sum=macros.exact_sum("x"),
        squares_sum=macros.exact_squares_sum("x"),
        fraction_squares_sum=macros.exact_fraction_squares_sum("x"),
        sums=macros.seven_day_sums("m"),
        origin=macros.seven_day_origin("m"),
        squares=macros.seven_day_squares("m"),
        statistics=macros.seven_day_statistics("m"),
        first_day_number=FIRST_DAY_NUMBER,
    )
    connection = duckdb.connect()

    def run(week: Week) -> dict[str, float]:
        given_rows = {"days": [day for day, _ in week], "readings": [x for _, x in week]}
        return connection.execute(query, given_rows).df().iloc[0].to_dict()

    return run


def two_passes(week: Week) -> dict[str, float | None]:
    """Compute the same from the readings, first the mean and then the distances, all exactly."""
    last = max(day for day, _ in week)
    exactly = [(day, Fraction(x)) for day, x in week]

    def mean_of(days: set[int]) -> Fraction | None:
        of_days = [x for day, x in exactly if day in days]
        return sum(of_days, Fraction()) / len(of_days) if of_days else None

    mean, last_mean = mean_of(set(range(7))), mean_of({last})
    mean_day = Fraction(sum(day for day, _ in week), len(week))
    squares = sum(((x - mean) ** 2 for _, x in exactly), Fraction())
    day_squares = sum(((day - mean_day) ** 2 for day, _ in week), Fraction())
    products = sum(((day - mean_day) * (x - mean) for day, x in exactly), Fraction())
    return {
        "mean_7d": mean,
        "std_7d": math.sqrt(squares / (len(week) - 1)) if len(week) > 1 else None,
        "slope_7d": products / day_squares if day_squares else None,
        "mean_1d": last_mean,
        "mean_1d_before": mean_of({last - 1}),
        "last_day_delta_7d": last_mean - mean,
    }


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Week, float]:
    """Readings of seven days around a level, up to the largest that is accepted, and the spread."""
    spread = 10 ** draw(st.floats(-3, 9))
    level = draw(st.sampled_from([-1, 1])) * 10 ** draw(st.floats(0, 9))
    distances = st.floats(-1, 1, allow_subnormal=False)
    rows = draw(st.lists(st.tuples(st.integers(0, 6), distances), min_size=2, max_size=60))
    return [(day, max(-1e9, min(1e9, level + spread * at))) for day, at in rows], spread


@settings(max_examples=300, deadline=None)
@given(drawn=weeks())
def test_every_statistic_is_what_two_passes_give(
    compute: Callable[[Week], dict[str, float]], drawn: tuple[Week, float]
):
    week, spread = drawn
    computed, expected = compute(week), two_passes(week)
    for name in STATISTICS:
        value = computed[f"m_{name}"]
        if expected[name] is None:
            assert math.isnan(value), name
        elif name.startswith("mean"):
            assert value == pytest.approx(float(expected[name]), rel=1e-15, abs=1e-12), name
        else:
            # Readings are cut at their twelfth decimal, which is 1e-9 of the smallest spread.
            assert value == pytest.approx(float(expected[name]), rel=1e-9, abs=1e-9 * spread), name


def test_a_spread_a_million_million_times_smaller_than_the_level_is_told(
    compute: Callable[[Week], dict[str, float]],
):
    week = [(day, 1e9 - 0.004 + 0.001 * (number % 3)) for number, day in enumerate([*range(7)] * 5)]
    assert compute(week)["m_std_7d"] == pytest.approx(two_passes(week)["std_7d"], rel=1e-12)


def test_readings_that_never_change_have_no_spread(compute: Callable[[Week], dict[str, float]]):
    computed = compute([(day, 999_999_999.123456) for day in range(7) for _ in range(100)])
    assert computed["m_std_7d"] == computed["m_slope_7d"] == 0
    assert abs(computed["m_last_day_delta_7d"]) < 1e-15
