"""Each macro of macros/engine.sql says the same on both engines."""

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from python_ml.errors import ArepasError
from python_ml.settings import PROJECT_DIR
from tests.engines import Engine

pytestmark = pytest.mark.slow

TIMES = "cast('2026-03-01 10:00:00.9' as timestamp)", "cast('2026-03-02 00:00:00' as timestamp)"
DAYS = "cast('2026-02-27' as date)", "cast('2026-03-02' as date)"
LONG = "'\"' || repeat('x', 100000) || '\"\"\";b'"
MANY_QUOTES = "'\"' || repeat('a\"\"', 4000) || '\";b'"
SOME_QUOTES = "'\"' || repeat('a\"\"', 990) || '\";b'"
MANY_FIELDS = "'\"a\"' || repeat(';1', 1990)"
TEXTS = "(select 'b' as t, 1 as n union all select 'a', 2 union all select 'b', 3) as texts"


def count_days(first: str, last: str) -> str:
    return f"(select count(*) from (select {{{{ each_day({first!r}, {last!r}) }}}} as d) as days)"


def of_texts(expression: str) -> str:
    return f"(select {expression} from {TEXTS})"


SAYINGS = {
    "matches": ("{{ is_full_match(\"'ab'\", 'a|ab') }}", True),
    "part": ("{{ is_full_match(\"'ab'\", 'a') }}", False),
    "line_feed": ("{{ is_full_match(\"'a' || chr(10)\", 'a') }}", False),
    "fields": ("{{ list_length(split_at_semicolons(\"'a;b;;'\")) }}", 4),
    "quoted": ('{{ element(split_fields("\'a;\\"b;\\"\\"c\\"\\"\\";d\'"), 2) }}', 'b;"c"'),
    "long_field": (f"length({{{{ element(split_fields({LONG!r}), 1) }}}})", 100_001),
    "long_is_whole": (f"{{{{ has_broken_quotes({LONG!r}) }}}}", False),
    "broken": ('{{ has_broken_quotes("\'a;\\"b\'") }}', True),
    "first": ("{{ element(split_at_semicolons(\"'a;b'\"), 1) }}", "a"),
    "beyond": ("{{ element(split_at_semicolons(\"'a;b'\"), 3) }} is null", True),
    "absent": (
        "{{ element(split_at_semicolons(\"'a;b'\"),"
        " position_in_list(split_at_semicolons(\"'a;b'\"), \"'c'\")) }} is null",
        True,
    ),
    "position": ("{{ position_in_list(split_at_semicolons(\"'a;b'\"), \"'b'\") }}", 2),
    "date": ("{{ parse_date(\"'2026-3-1'\") }} = cast('2026-03-01' as date)", True),
    "year_alone": ("{{ parse_date(\"'2026'\") }} is null", True),
    "day_of_a_time": (
        "{{ parse_date(\"'2026-03-01T00:00:00'\") }} = cast('2026-03-01' as date)",
        True,
    ),
    "early_year": ("{{ parse_date(\"'1-1-1'\") }} is null", True),
    "no_date": ("{{ parse_date(\"'infinity'\") }} is null", True),
    "many_quotes": (f"{{{{ has_broken_quotes({MANY_QUOTES!r}) }}}}", True),
    "many_fields": (f"{{{{ list_length(split_fields({MANY_FIELDS!r})) }}}}", 1991),
    "some_quotes": (f"{{{{ has_broken_quotes({SOME_QUOTES!r}) }}}}", False),
    "no_day": ("{{ parse_date(\"'2026-02-30'\") }} is null", True),
    "bits": (of_texts("bit_count(bit_or(1 << n) filter (where n > 1))"), 2),
    "number": ("{{ parse_number(\"'-1,5e1'\") }} = -15", True),
    "word": ("{{ parse_number(\"'nan'\") }} is null", True),
    "huge": ("coalesce(abs({{ parse_number(\"'1e400'\") }}) > 1e9, true)", True),
    "time": (f"{{{{ parse_timestamp(\"'2026-03-01T10:00:00.9'\") }}}} = {TIMES[0]}", True),
    "midnight_of_24": ("{{ parse_timestamp(\"'2026-03-01T24:00:00'\") }} is null", True),
    "days": (count_days(*DAYS), 4),
    "no_days": (count_days(*reversed(DAYS)), 0),
    "days_to_null": (count_days(DAYS[0], "cast(null as date)"), 0),
    "seconds": (f"{{{{ seconds_between({TIMES[0]!r}, {TIMES[1]!r}) }}}}", 50_400),
    "milliseconds": (f"{{{{ milliseconds_between({TIMES[0]!r}, {TIMES[1]!r}) }}}}", 50_399_100),
    "day_numbers": (f"{{{{ days_between({DAYS[0]!r}, {DAYS[1]!r}) }}}}", 3),
    "minute": (f"{{{{ minute_text({TIMES[0]!r}) }}}}", "2026-03-01 10:00"),
    "clock": (f"{{{{ local_time() }}}} > {TIMES[0]}", True),
    "same_hash": ("{{ row_hash([\"'a'\", '1']) }} = {{ row_hash([\"'a'\", '1']) }}", True),
    "other_hash": ("{{ row_hash([\"'a'\", '1']) }} = {{ row_hash([\"'a'\", '2']) }}", False),
    "fingerprint": ("{{ fingerprint(\"'a1'\") }}", 2_324_412_365),
    "wide": ("{{ as_wide_integer('9223372036854775807') }} * 4 > 0", True),
    "wide_sum": (
        "(select {{ wide_sum('n') }} > 9e18 from (select 9223372036854775807 as n union all"
        " select 9223372036854775807) as numbers)",
        True,
    ),
    "code": ("{{ number_text('-999e0') }}", "-999"),
    "tens": ("{{ number_text('power(10, 7)') }}", "10000000"),
    "tenths": ("{{ number_text('0.010') }}", "0.01"),
    "place": ("{{ delivery_place(\"'a'\", 10) }} > {{ delivery_place(\"'a'\", 9) }}", True),
    "file_first": ("{{ delivery_place(\"'b'\", 1) }} > {{ delivery_place(\"'a'\", 9) }}", True),
    "texts": (of_texts("{{ join_texts('t', ['n desc']) }}"), "b, a, b"),
    "distinct": (of_texts("{{ join_texts('t', ['t'], is_distinct=true) }}"), "a, b"),
    "quantile": (of_texts("{{ quantile('n', 0.75) }}"), 2.5),
    "differing": (of_texts("{{ distinct_count('t') }}"), 2),
    "differing_but_null": (of_texts("{{ distinct_count(\"nullif(t, 'a')\") }}"), 1),
    "second_row": (
        of_texts("{{ element(rows_in_a_list({'text': 't', 'rank': '-n'}), 2) }}.rank"),
        -3,
    ),
    "no_row": (of_texts("{{ element(rows_in_a_list({'rank': 'n'}), 4) }}.rank is null"), True),
}
UNPACKED = "(select 2 as n, 1 as m union all select 1, 2 union all select 1, 1) as given"
LIMITS = "machine_id,most,days,is_hot\nm'1\\,4.5,2,true\n"
LIMITS_YAML = """
seeds:
  - name: limits
    config: {column_types: {machine_id: string, most: double, days: integer, is_hot: boolean}}
"""


def test_the_engines_say_the_same(engine: Engine):
    asked = ", ".join(f"{expression} as {name}" for name, (expression, _) in SAYINGS.items())
    shown = engine.dbt("show", "--inline", f"select {asked}", "--limit", "1")
    [row] = shown.results[0].agate_table.rows
    said = {name: _plain(row[name]) for name in SAYINGS}
    assert said == {name: expected for name, (_, expected) in SAYINGS.items()}


def test_rows_are_packed_by_all_columns_where_the_engine_writes_them_in_one_order(engine: Engine):
    asked = f"select n, m from {UNPACKED} {{{{ sort_to_pack('given', ['n', 'm']) }}}}"
    shown = engine.dbt("show", "--inline", asked, "--limit", "9")
    rows = [(int(row["n"]), int(row["m"])) for row in shown.results[0].agate_table.rows]
    in_order = [(1, 1), (1, 2), (2, 1)]
    assert (rows if engine.spark is None else sorted(rows)) == in_order


def test_a_cell_of_a_seed_that_is_no_value_of_its_column_ends_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(PROJECT_DIR / "macros", tmp_path / "macros")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_DIR / name, tmp_path)
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "_seeds.yml").write_text(LIMITS_YAML)
    monkeypatch.setattr("python_ml.engines.transform.PROJECT_DIR", tmp_path)
    (seeds / "limits.csv").write_text(f"{LIMITS}m2,, 2400 ,\n")
    engine.dbt("seed")
    assert engine.rows("select * from seeds.limits order by machine_id") == [
        ("m'1\\", 4.5, 2, True),
        ("m2", None, 2400, None),
    ]
    for wrong in ('m2,"4,5",2,', "m2,4.5,two,", "m2,4.5,2,ja"):
        (seeds / "limits.csv").write_text(f"{LIMITS}{wrong}\n")
        with pytest.raises(ArepasError, match=r"limits: .*(4,5|two|ja)"):
            engine.dbt("seed")


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
