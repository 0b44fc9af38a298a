{#
    Where the two engines speak differently: DuckDB's words are the defaults, `spark__` has the
    other's. Models call these and never ask which engine they run on.
#}

{# Whether the load reads plain lines with their types; Spark's executors keep lines alone. #}
{% macro loads_types() -%}
    {{ return(adapter.dispatch('loads_types')()) }}
{%- endmacro %}

{% macro default__loads_types() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__loads_types() -%}
    {{ return(false) }}
{%- endmacro %}


{# Whether all of a text matches; the pattern must read the same in RE2 and in Java. #}
{% macro is_full_match(text, pattern) -%}
    {{ return(adapter.dispatch('is_full_match')(text, pattern)) }}
{%- endmacro %}

{% macro default__is_full_match(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# `$` would let a line feed follow. #}
{% macro spark__is_full_match(text, pattern) -%}
    ({{ text }} rlike r'\A(?:{{ pattern }})\z')
{%- endmacro %}


{# A line cut at each `;`, as a list. #}
{% macro split_at_semicolons(line) -%}
    {{ return(adapter.dispatch('split_at_semicolons')(line)) }}
{%- endmacro %}

{% macro default__split_at_semicolons(line) -%}
    string_split({{ line }}, ';')
{%- endmacro %}

{% macro spark__split_at_semicolons(line) -%}
    split({{ line }}, ';')
{%- endmacro %}


{# All first groups of a pattern in a line, as a list, with quotes taken off. #}
{% macro extract_fields(line, pattern) -%}
    {{ return(adapter.dispatch('extract_fields')(line, pattern)) }}
{%- endmacro %}

{% macro default__extract_fields(line, pattern) -%}
    list_transform(
        regexp_extract_all({{ line }}, '{{ pattern }}', 1),
        lambda field: {{ unquoted('field') }}
    )
{%- endmacro %}

{% macro spark__extract_fields(line, pattern) -%}
    transform(
        regexp_extract_all({{ line }}, r'{{ pattern }}', 1),
        field -> {{ unquoted('field') }}
    )
{%- endmacro %}


{# A list's element by its number from 1 on; null for a number that is null or 0. #}
{% macro element(list, number) -%}
    {{ return(adapter.dispatch('element')(list, number)) }}
{%- endmacro %}

{% macro default__element(list, number) -%}
    {{ list }}[{{ number }}]
{%- endmacro %}

{% macro spark__element(list, number) -%}
    get({{ list }}, cast({{ number }} as int) - 1)
{%- endmacro %}


{# The number, from 1 on, of a value in a list; null or 0 where it is not in it. #}
{% macro position_in_list(list, value) -%}
    {{ return(adapter.dispatch('position_in_list')(list, value)) }}
{%- endmacro %}

{% macro default__position_in_list(list, value) -%}
    list_position({{ list }}, {{ value }})
{%- endmacro %}

{% macro spark__position_in_list(list, value) -%}
    array_position({{ list }}, {{ value }})
{%- endmacro %}


{% macro list_length(list) -%}
    {{ return(adapter.dispatch('list_length')(list)) }}
{%- endmacro %}

{% macro default__list_length(list) -%}
    len({{ list }})
{%- endmacro %}

{% macro spark__list_length(list) -%}
    array_size({{ list }})
{%- endmacro %}


{# One row per day from the first to the last one; none where that is before. #}
{% macro each_day(first_date, last_date) -%}
    {{ return(adapter.dispatch('each_day')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__each_day(first_date, last_date) -%}
    cast(
        unnest(
            generate_series({{ first_date }}, {{ last_date }}, interval 1 day)
        ) as date
    )
{%- endmacro %}

{% macro spark__each_day(first_date, last_date) -%}
    explode(
        case
            when {{ first_date }} <= {{ last_date }}
                then sequence({{ first_date }}, {{ last_date }}, interval 1 day)
        end
    )
{%- endmacro %}


{# Seconds between two times, each cut to its whole second. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (unix_seconds({{ later }}) - unix_seconds({{ earlier }}))
{%- endmacro %}


{% macro milliseconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('milliseconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__milliseconds_between(earlier, later) -%}
    date_diff('millisecond', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__milliseconds_between(earlier, later) -%}
    (unix_millis({{ later }}) - unix_millis({{ earlier }}))
{%- endmacro %}


{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    cast(date_diff({{ later }}, {{ earlier }}) as bigint)
{%- endmacro %}


{# A time to its minute, for people. #}
{% macro minute_text(time) -%}
    {{ return(adapter.dispatch('minute_text')(time)) }}
{%- endmacro %}

{% macro default__minute_text(time) -%}
    strftime({{ time }}, '%Y-%m-%d %H:%M')
{%- endmacro %}

{% macro spark__minute_text(time) -%}
    date_format({{ time }}, 'yyyy-MM-dd HH:mm')
{%- endmacro %}


{# A number for people, to six decimals; the engines write doubles differently. #}
{% macro number_text(number) -%}
    regexp_replace(
        cast(cast({{ number }} as decimal(20, 6)) as {{ dbt.type_string() }}), '[.]?0+$', ''
    )
{%- endmacro %}


{# What the clock on the wall says; on Spark, whose sessions are in UTC, it says UTC. #}
{% macro local_time() -%}
    {{ return(adapter.dispatch('local_time')()) }}
{%- endmacro %}

{% macro default__local_time() -%}
    current_localtimestamp()
{%- endmacro %}

{% macro spark__local_time() -%}
    localtimestamp()
{%- endmacro %}


{# A fingerprint of a row: 64 bits, comparable within one engine alone. #}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}


{# A fingerprint of a text: 32 bits as a whole number, the same on every engine and in Python. #}
{% macro fingerprint(text) -%}
    {{ return(adapter.dispatch('fingerprint')(text)) }}
{%- endmacro %}

{% macro default__fingerprint(text) -%}
    cast('0x' || substring(md5({{ text }}), 1, 8) as bigint)
{%- endmacro %}

{% macro spark__fingerprint(text) -%}
    cast(conv(substring(md5({{ text }}), 1, 8), 16, 10) as bigint)
{%- endmacro %}


{# A whole number as wide as sums of row hashes need. #}
{% macro as_wide_integer(expression) -%}
    {{ return(adapter.dispatch('as_wide_integer')(expression)) }}
{%- endmacro %}

{% macro default__as_wide_integer(expression) -%}
    cast({{ expression }} as hugeint)
{%- endmacro %}

{% macro spark__as_wide_integer(expression) -%}
    cast({{ expression }} as decimal(38, 0))
{%- endmacro %}


{# A sum of whole numbers that may need more than 64 bits. #}
{% macro wide_sum(expression) -%}
    {{ return(adapter.dispatch('wide_sum')(expression)) }}
{%- endmacro %}

{% macro default__wide_sum(expression) -%}
    sum({{ expression }})
{%- endmacro %}

{% macro spark__wide_sum(expression) -%}
    sum(cast({{ expression }} as decimal(38, 0)))
{%- endmacro %}


{# Where a line stands among all delivered lines; orders by file, then by line. #}
{% macro delivery_place(source_file, source_line) -%}
    {{ return(adapter.dispatch('delivery_place')(source_file, source_line)) }}
{%- endmacro %}

{% macro default__delivery_place(source_file, source_line) -%}
    struct_pack(source_file := {{ source_file }}, source_line := {{ source_line }})
{%- endmacro %}

{% macro spark__delivery_place(source_file, source_line) -%}
    struct({{ source_file }}, {{ source_line }})
{%- endmacro %}


{# The texts of a group in an order, with commas between them. #}
{% macro join_texts(text, order, is_distinct=false) -%}
    {{ return(adapter.dispatch('join_texts')(text, order, is_distinct)) }}
{%- endmacro %}

{% macro default__join_texts(text, order, is_distinct) -%}
    string_agg(
        {{ 'distinct ' if is_distinct }}{{ text }}, ', ' order by {{ order | join(', ') }}
    )
{%- endmacro %}

{% macro spark__join_texts(text, order, is_distinct) -%}
    listagg({{ 'distinct ' if is_distinct }}{{ text }}, ', ')
    within group (order by {{ order | join(', ') }})
{%- endmacro %}


{#
    Rows of a group as a list, ordered by their columns from the first on; `row` says of each column
    what it holds. Cheaper than an aggregate with a filter for each place.
#}
{% macro rows_in_a_list(row) -%}
    {{ return(adapter.dispatch('rows_in_a_list')(row)) }}
{%- endmacro %}

{% macro default__rows_in_a_list(row) -%}
    list_sort(
        list(
            struct_pack(
                {%- for name, expression in row.items() %}
                {{ name }} := {{ expression }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        )
    )
{%- endmacro %}

{% macro spark__rows_in_a_list(row) -%}
    array_sort(
        collect_list(
            struct(
                {%- for name, expression in row.items() %}
                {{ expression }} as {{ name }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        )
    )
{%- endmacro %}


{# How many values of a group differ; DuckDB's own way keeps each beside all keys of its group. #}
{% macro distinct_count(expression) -%}
    {{ return(adapter.dispatch('distinct_count')(expression)) }}
{%- endmacro %}

{% macro default__distinct_count(expression) -%}
    len(list_distinct(list({{ expression }})))
{%- endmacro %}

{% macro spark__distinct_count(expression) -%}
    count(distinct {{ expression }})
{%- endmacro %}


{# The order in which rows take least room; Spark, which writes partitions, need not sort. #}
{% macro sort_to_pack(table, columns) -%}
    {{ return(adapter.dispatch('sort_to_pack')(table, columns)) }}
{%- endmacro %}

{% macro default__sort_to_pack(table, columns) -%}
    order by {{ table }}.{{ columns | join(', ' ~ table ~ '.') }}
{%- endmacro %}

{% macro spark__sort_to_pack(table, columns) -%}
{%- endmacro %}


{# The value below which a share of a group lies, interpolated between two. #}
{% macro quantile(expression, share) -%}
    {{ return(adapter.dispatch('quantile')(expression, share)) }}
{%- endmacro %}

{% macro default__quantile(expression, share) -%}
    quantile_cont({{ expression }}, {{ share }})
{%- endmacro %}

{% macro spark__quantile(expression, share) -%}
    percentile({{ expression }}, {{ share }})
{%- endmacro %}


{# Parquet tables take no constraints; the contract still compares names and types. #}
{% macro spark__persist_constraints(relation, model) -%}
{%- endmacro %}
