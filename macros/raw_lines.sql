{#
    The raw lines of one table with their fields split and each file's column positions beside them.
    One physical line is one row; a field that starts with a quote may hold `;` and doubled quotes.
    Of a table to which each run appends only the new ones, and those that the load has read already
    in none.
#}
{% macro raw_lines(table, columns, is_appended=false, has_types=false) -%}
    select
        lines.file_id,
        lines.source_line,
        lines.raw_line,
        files.source_file,
        files.loaded_at,
        files.column_count,
        lines.line_reason,
        {{ split_fields('lines.raw_line') }} as fields,
        {{ has_broken_quotes('lines.raw_line') }} as has_broken_quotes
        {%- for column in columns %},
        {{ position_in_header('files.header', column) }} as {{ column }}_position
        {%- endfor %}

    from {{ source('kitchen', table) }} as lines

    inner join {{ ref('stg_kitchen__files') }} as files
        on lines.file_id = files.file_id
    where
        {{ 'not ' ~ was_read_typed('lines.') if has_types and loads_types() else 'true' }}
        {%- if is_appended and is_incremental() %}
        and lines.file_id > (select coalesce(max(file_id), 0) from {{ this }})
        {%- endif %}
{%- endmacro %}


{# Whether the load has read a plain line with its types; not where METRICS has grown since. #}
{% macro was_read_typed(prefix='') -%}
    (
        {{ prefix }}measured_at is not null
        {%- for metric in metrics() %}
        and {{ prefix }}{{ metric }} is not null
        {%- endfor %}
    )
{%- endmacro %}


{% macro field(column) -%}
    {{ element('fields', column ~ '_position') }}
{%- endmacro %}


{% macro position_in_header(header, column) -%}
    {{ position_in_list(split_at_semicolons(header), "'" ~ column ~ "'") }}
{%- endmacro %}


{% macro split_fields(line) -%}
    case
        when not contains({{ line }}, '"') or {{ has_too_many_marks(line) }}
            then {{ split_at_semicolons(line) }}
        else {{ extract_fields("';' || " ~ line, ';(' ~ field_pattern() ~ ')') }}
    end
{%- endmacro %}


{# For each quote and field, Java's regular expressions take a piece of the stack of 16 MB. #}
{% macro has_too_many_marks(line) -%}
    length({{ line }}) - length(replace(replace({{ line }}, '"', ''), ';', '')) > 2000
{%- endmacro %}


{# Quoted, unquoted or empty; without a choice for each character, which exhausts Java's stack. #}
{% macro field_pattern() -%}
    "[^"]*(?:""[^"]*)*"|[^;"][^;]*|
{%- endmacro %}


{% macro unquoted(field) -%}
    case
        when {{ field }} like '"%'
            then replace(substr({{ field }}, 2, length({{ field }}) - 2), '""', '"')
        else {{ field }}
    end
{%- endmacro %}


{% macro has_broken_quotes(line) -%}
    case
        when not contains({{ line }}, '"') then false
        when {{ has_too_many_marks(line) }} then true
        else not {{ is_full_match("';' || " ~ line, '(?:;(?:' ~ field_pattern() ~ '))*') }}
    end
{%- endmacro %}


{# Kitchen-local time `YYYY-MM-DDTHH:MM:SS`, fractions of a second allowed; anything else is null. #}
{% macro parse_timestamp(text) -%}
    case
        when
            {{ is_full_match(
                text,
                '[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,6})?'
            ) }}
            then try_cast({{ text }} as timestamp)
    end
{%- endmacro %}


{# A date `YYYY-MM-DD`, of a time its day; anything else, a lone year for instance, is null. #}
{% macro parse_date(text) -%}
    case
        when
            {{ is_full_match(
                text, ' *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9:.]+)? *'
            ) }}
            then try_cast(split_part({{ text }}, 'T', 1) as date)
    end
{%- endmacro %}


{# A decimal number with `,` or `.` as its mark; no thousands separators, no words such as nan. #}
{% macro parse_number(text) -%}
    case
        when
            {{ is_full_match(
                text, '[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?'
            ) }}
            then try_cast(replace({{ text }}, ',', '.') as double)
    end
{%- endmacro %}


{# Why a line cannot be a row at all, in the order in which a person would notice. #}
{% macro line_rejections(required_columns) -%}
        when line_reason is not null then line_reason
        when has_broken_quotes then 'broken_quotes'
        when {{ list_length('fields') }} < column_count then 'missing_field'
        when {{ list_length('fields') }} > column_count then 'extra_field'
        when {% for column in required_columns -%}
            {{ column }} = ''{{ ' or ' if not loop.last }}
        {%- endfor %} then 'missing_field'
{%- endmacro %}
