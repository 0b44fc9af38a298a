"""What a layout does to lines, as DuckDB's SQL: fields taken, texts understood, our line written.

Relation `lines` has columns `source_line`, `raw_line`, `line_reason`. Nothing is executed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from python_ml.raw.layouts import MOST_MACHINES, OFFSET, TIME_COLUMNS, Column, Layout

ISO_FORMATS = (
    *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"),
    *("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d"),
)
MICROSECONDS = {"epoch_s": "1e6", "epoch_ms": "1e3", "epoch_us": "1", "epoch_ns": "1e-3"}
DAYS = {"excel_days": "1", "wincc": "1e-6"}  # since 1899-12-30, in local time
# Texts of a time's parts at 24:00, and what is put for the hour.
HOUR = ")24("
PARTS_AT_MIDNIGHT = {
    **{"Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}"},
    **{"b": "[^0-9]+", "B": "[^0-9]+", "H": HOUR, "M": "0{1,2}", "S": "0{1,2}", "f": "0+"},
}
MIDNIGHT = r"\100\2"
LATEST_MICROSECOND = "4e15"
REPLACED = "\ufffd"
# Of lines of which it is not known where their columns stand; each is kept, once.
WITHOUT_COLUMNS = "missing_field"
TIME_WITH_OFFSET = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)? ?"
    r"(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
)


def quoted(text: str) -> str:
    """Write a text as SQL does."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Traits:
    """What a block of lines holds anywhere; what it does not costs nothing to look for.

    Attributes:
        has_quotes: Quotes.
        has_semicolons: Semicolons that separate no fields.
        has_padding: Blanks beside fields.
    """

    has_quotes: bool = True
    has_semicolons: bool = True
    has_padding: bool = True


@dataclass(frozen=True)
class Mapping:
    """The statements for one block of a file: its layout, and where its columns stand.

    Attributes:
        layout: How another system wrote it.
        header: The foreign columns, in their order.
        required: Our columns that must not be empty.
        numbers: Those that are numbers.
        typed: The foreign columns that hold numbers by type, so no marks; of Parquet.
        traits: What the block holds.
    """

    layout: Layout
    header: Sequence[str]
    required: Sequence[str]
    numbers: Sequence[str]
    typed: frozenset[str] = frozenset()
    traits: Traits = Traits()

    @property
    def columns(self) -> tuple[str, ...]:
        """Name our columns."""
        return self.layout.our_columns

    @property
    def rows(self) -> str:
        """Our lines: source_line, raw_line, line_reason, hour_told, unknown_text."""
        own = ", ';', ".join(self._as_field(f'"{name}"') for name in self.columns)
        return f"""
            with {self._understood()}
            select
                source_line,
                case when line_reason is null then concat({own}) else raw_line end as raw_line,
                line_reason,
                hour_told,
                unknown_text
            from judged
        """

    @property
    def tag_rows(self) -> str:
        """Tags as they come: rows' keys, our column, its value; to be grouped by `grouped_tags`."""
        return f"with {self._understood()} select * from judged"

    def _understood(self) -> str:
        steps = [self._split(), self._taken(), self._found(), self._said(), self._judged()]
        return ",\n".join(steps)

    def _split(self) -> str:
        separator = self.layout.separator
        mark = quoted(separator)
        outside = "\\" + separator if separator in "|.^$*+?" else separator
        text = f'"[^"]*(?:""[^"]*)*"|[^{outside}"][^{outside}]*|'
        blanks = " *" if self.traits.has_padding and separator != " " else ""
        pattern = f"{_escaped(separator)}{blanks}({text}){blanks}"
        unquoted = (
            "case when field like '\"%' then replace(field[2:-2], '\"\"', '\"') else field end"
        )
        wanted = [f"not starts_with(raw_line, {quoted(self.layout.comment)})"] * bool(
            self.layout.comment
        )
        fields, has_broken_quotes = f"string_split(raw_line, {mark})", "false"
        if self.traits.has_quotes:
            fields = f"""
                case
                    when not contains(raw_line, '"') then {fields}
                    else list_transform(
                        regexp_extract_all({mark} || raw_line, {quoted(pattern)}, 1),
                        lambda field: {unquoted}
                    )
                end"""
            has_broken_quotes = f"""
                contains(raw_line, '"') and not regexp_full_match(
                    {mark} || raw_line, {quoted(f"(?:{pattern})*")}
                )"""
        reason = "line_reason"
        if self.layout.encoding != "utf-8":
            is_bad = f"contains(raw_line, '{REPLACED}')"
            reason = f"coalesce(line_reason, case when {is_bad} then 'bad_encoding' end)"
        return f"""
            split as (
                select
                    source_line, raw_line, {reason} as line_reason, {fields} as fields,
                    {has_broken_quotes} as has_broken_quotes
                from lines
                where {" and ".join(wanted) or "true"}
            )"""

    def _field(self, name: str) -> str:
        field = f"fields[{self.header.index(name) + 1}]"
        return f"trim({field})" if self.traits.has_padding else field

    def _as_field(self, text: str) -> str:
        """A text as a field of our lines."""
        if not (self.traits.has_quotes or self.traits.has_semicolons):
            return text
        return as_field(text)

    def _taken(self) -> str:
        """One text for each of our columns, as it stands there; '' where there is none."""
        layout = self.layout
        texts = {
            name: quoted(column.constant) if not column.source else self._joined(name, column)
            for name, column in layout.columns.items()
        }
        number, machines = "source_line", ""
        if layout.machines:
            of_machines = list(dict.fromkeys(c for m in layout.machines.values() for c in m))
            structs = []
            for part, (machine, places) in enumerate(layout.machines.items()):
                cells = ", ".join(
                    f'"{name}": {self._text(places[name]) if name in places else quoted("")}'
                    for name in of_machines
                )
                structs.append(f"{{part: {part}, machine_id: {quoted(machine)}, {cells}}}")
            machines = f", unnest([{', '.join(structs)}]) as of_machine"
            number = f"source_line * {MOST_MACHINES} + of_machine.part as source_line"
            texts |= {name: f'of_machine."{name}"' for name in ("machine_id", *of_machines)}
        if layout.tags is not None:
            tag = self._text(layout.tags.source)
            texts |= {
                "tag_machine": f"regexp_extract({tag}, {quoted(layout.tags.pattern)}, 1)",
                "tag_name": f"regexp_extract({tag}, {quoted(layout.tags.pattern)}, 2)",
                "tag_value": self._text(layout.tags.value),
                "tag_text": tag,
            }
        told = ", ".join(f"coalesce({text}, '') as \"{name}\"" for name, text in texts.items())
        wanted = [
            f"regexp_matches({self._field(name)}, {quoted(pattern)})"
            for name, pattern in layout.only.items()
        ]
        base = "split"
        if machines:
            base = f"(select *{machines} from split)"
        some = " or ".join(
            f"of_machine.\"{name}\" <> ''"
            for name in dict.fromkeys(c for m in layout.machines.values() for c in m)
        )
        wanted += [f"({some} or (of_machine.part = 0 and {self._is_bare()}))"] * bool(machines)
        is_wanted = " and ".join(f"coalesce({text}, true)" for text in wanted) or "true"
        is_refused = "of_machine.part = 0" if machines else "true"
        return f"""
            taken as (
                select
                    {number}, raw_line, line_reason, has_broken_quotes, len(fields) as field_count,
                    fields[-1] = '' as ends_empty, {told}
                from {base} as split
                where
                    case
                        when line_reason = '{WITHOUT_COLUMNS}' then {is_refused}
                        else {is_wanted}
                    end
            )"""

    def _joined(self, name: str, column: Column) -> str:
        """The text of a column that several may tell together; '' where none says anything.

        A time without its first part, the day, is none: beside an empty day some write 00:00:00.
        """
        parts = [self._text(part) for part in column.source]
        if len(parts) == 1:
            return parts[0]
        joined = f" || {quoted(column.joined)} || ".join(parts)
        needed = parts[:1] if name in TIME_COLUMNS else parts
        return f"case when concat({', '.join(needed)}) = '' then '' else {joined} end"

    def _is_bare(self) -> str:
        """Whether a line tells of no machine at all; it is kept once, to be told."""
        cells = [place for places in self.layout.machines.values() for place in places.values()]
        return " and ".join(
            f"coalesce({self._text(cell)}, '') = ''" for cell in dict.fromkeys(cells)
        )

    def _text(self, name: str) -> str:
        field = self._field(name)
        if not self.layout.no_value:
            return field
        texts = ", ".join(quoted(text) for text in self.layout.no_value)
        return f"case when {field} in ({texts}) then '' else {field} end"

    def _found(self) -> str:
        patterns = ", ".join(
            f'regexp_extract("{name}", {quoted(column.pattern)}, 1) as "{name}"'
            for name, column in self.layout.columns.items()
            if column.pattern
        )
        kept = {name for name, column in self.layout.columns.items() if column.pattern}
        unfound = [
            f"when \"{name}\" <> '' and {_extracted(name, column)} = ''"
            f" then '{name}' || chr(31) || \"{name}\""
            for name, column in self.layout.columns.items()
            if column.pattern
        ]
        replaced = f"* replace ({patterns})" if kept else "*"
        return f"found as (select {replaced}, {_first_of(unfound)} as unfound_text from taken)"

    def _said(self) -> str:
        """What each text becomes: null where it cannot be understood."""
        layout = self.layout
        made: dict[str, str] = {}
        unknown, hours = [], []
        for name, column in layout.columns.items():
            text = f'"{name}"'
            if column.map:
                made[name] = _mapped(text, column)
                unknown.append(f"when {made[name]} is null then '{name}' || chr(31) || {text}")
            elif name in TIME_COLUMNS and column.source:
                moment = _moment(text, column, layout.decimal)
                local = _local(moment, column, layout.kitchen_zone)
                if layout.tags is not None and layout.tags.align_seconds:
                    step = layout.tags.align_seconds * 1_000_000
                    local = f"make_timestamp(epoch_us({local}) // {step} * {step})"
                shown = self._no_earlier_than_start(local) if name == "end_time" else local
                made[name] = (
                    f"case when {text} = '' then '' else"
                    f" replace(cast({shown} as varchar), ' ', 'T') end"
                )
                hours += _hours(moment, local, column, layout.kitchen_zone)
        for name in self.numbers:
            if name in self.columns and layout.tags is None:
                source = layout.columns[name].source if name in layout.columns else ()
                made[name] = self._number(f'"{name}"', source)
        if layout.tags is not None:
            columns = " ".join(
                f"when {quoted(tag)} then {quoted(name)}"
                for tag, name in layout.tags.columns.items()
            )
            made["tag_name"] = f"case tag_name {columns} end"
            unknown.append(f"when {made['tag_name']} is null then 'tag' || chr(31) || tag_text")
            numbers = [t for t, name in layout.tags.columns.items() if name in self.numbers]
            of_number = ", ".join(quoted(tag) for tag in numbers)
            number = self._number("tag_value", (layout.tags.value,))
            made["tag_value"] = (
                f"case when tag_name in ({of_number}) then {number} else tag_value end"
            )
        replaced = ", ".join(f'{text} as "{name}"' for name, text in made.items())
        return f"""
            said as (
                select {f"* replace ({replaced})" if made else "*"},
                    coalesce(unfound_text, {_first_of(unknown)}) as unknown_text,
                    {_first_of(hours)} as hour_told
                from found
            )"""

    def _no_earlier_than_start(self, local: str) -> str:
        """What clocks showed at an end that came after its start.

        Where they were put back in between they may show an earlier time, which nobody could tell
        from a mistake any more.
        """
        layout = self.layout
        start, end = layout.columns.get("start_time"), layout.columns["end_time"]
        if (
            start is None
            or not start.source
            or not {_zone_of(start), _zone_of(end)}.isdisjoint({None, layout.kitchen_zone})
        ):
            return local
        begun, ended = (
            _moment(f'"{name}"', column, layout.decimal)
            for name, column in (("start_time", start), ("end_time", end))
        )
        shown = _local(begun, start, layout.kitchen_zone)
        is_after = f"{_instant(ended, end)} >= {_instant(begun, start)}"
        return f"case when {is_after} and {local} < {shown} then {shown} else {local} end"

    def _number(self, text: str, source: Sequence[str]) -> str:
        if source and self.typed.issuperset(source):
            return text
        decimal, thousands = self.layout.decimal, self.layout.thousands
        if not thousands:
            other = "." if decimal == "," else ","
            return f"case when contains({text}, '{other}') then null else {text} end"
        point, mark = _escaped(decimal), _escaped(thousands)
        whole = rf"[+-]?(?:[0-9]+|[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+)?"
        pattern = rf"(?:{whole}(?:{point}[0-9]*)?(?:[eE][+-]?[0-9]+)?)?"
        return (
            f"case when regexp_full_match({text}, {quoted(pattern)})"
            f" then replace({text}, {quoted(thousands)}, '') end"
        )

    def _judged(self) -> str:
        count = len(self.header)
        texts = [*self.layout.columns]
        times = [name for name in texts if name in TIME_COLUMNS]
        tests = [
            f"when field_count < {count} then 'missing_field'",
            f"when field_count > {count} and not (field_count = {count + 1} and ends_empty)"
            " then 'extra_field'",
            "when unknown_text is not null then 'unknown_value'",
        ]
        # `%Y` takes two digits, too: as a year of the first century.
        tests += [
            f'when "{name}" is null or "{name}" > \'\' and "{name}" < \'1900\''
            " then 'bad_timestamp'"
            for name in times
        ]
        names = [*self.columns]
        if self.layout.tags is not None:
            tests += [
                "when tag_value is null then 'not_a_number'",
                "when tag_value = '' then 'missing_field'",
            ]
            names = [*self.layout.columns]
        numbers = [name for name in self.numbers if name in names]
        tests += [f"when \"{name}\" is null then 'not_a_number'" for name in numbers]
        needed = [name for name in self.required if name in names and name != "end_time"]
        tests += [f"when \"{name}\" = '' then 'missing_field'" for name in needed]
        return f"""
            judged as (
                select * replace (
                    case
                        when line_reason is not null then line_reason
                        when has_broken_quotes then 'broken_quotes'
                        {" ".join(tests)}
                    end as line_reason
                )
                from said
            )"""


@dataclass(frozen=True)
class TagGroups:
    """The statements that put tags of one machine and time together, once all are in `tags`.

    Attributes:
        layout: Its tags.
    """

    layout: Layout

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns that tags fill."""
        return tuple(dict.fromkeys(self.layout.tags.columns.values())) if self.layout.tags else ()

    @property
    def keys(self) -> str:
        """What the tags of one row have in common."""
        return ", ".join(["tag_machine", *(f'"{name}"' for name in self.layout.columns)])

    @property
    def rows(self) -> str:
        """`whole`: our rows, with the line of each of their columns; `partial`: the other keys."""
        is_whole = f"tag_count = {len(self.columns)} and {self._is_full}"
        return f"""
            create or replace temporary table grouped as {self._group("tags", self.keys)};
            create or replace temporary table whole as
            select {self._row} from grouped where {is_whole};
            create or replace temporary table partial as
            select {self.keys} from grouped where not ({is_whole})"""

    @property
    def rows_of_repeated(self) -> str:
        """Where a tag comes twice at one time: the first make a row, the second another one."""
        return f"""
            create or replace temporary table repeated as
            select
                tags.*,
                row_number() over (partition by {self._qualified}, tag_name order by source_line)
                    as occurrence
            from tags inner join partial on {self._is_same} where tags.line_reason is null;
            create or replace temporary table regrouped as
            {self._group("repeated", f"{self.keys}, occurrence")};
            insert into whole select {self._row} from regrouped where {self._is_full};
            insert into parted
            select repeated.source_line, repeated.raw_line, 'missing_field' from repeated
            inner join (select * from regrouped where not ({self._is_full})) as partial
            on {self._is_same.replace("tags.", "repeated.")}
            and repeated.occurrence = partial.occurrence"""

    def _group(self, source: str, keys: str) -> str:
        values = ", ".join(
            f'max(tag_value) filter (where tag_name = {quoted(name)}) as "{name}",'
            f' min(source_line) filter (where tag_name = {quoted(name)}) as "line of {name}"'
            for name in self.columns
        )
        return (
            f"select {keys}, min(source_line) as source_line, count(*) as tag_count, {values}"
            f" from {source} where line_reason is null group by {keys}"
        )

    @property
    def _row(self) -> str:
        fields = {"machine_id": "tag_machine"}
        names = [fields.get(name, f'"{name}"') for name in self.layout.our_columns]
        own = ", ';', ".join(as_field(name) for name in names)
        lines = ", ".join(f'"line of {name}"' for name in self.columns)
        return f"source_line, concat({own}) as raw_line, {lines}"

    @property
    def _is_full(self) -> str:
        return " and ".join(f'"{name}" is not null' for name in self.columns)

    @property
    def _qualified(self) -> str:
        return ", ".join(f"tags.{key}" for key in self.keys.split(", "))

    @property
    def _is_same(self) -> str:
        return " and ".join(f"tags.{key} = partial.{key}" for key in self.keys.split(", "))


def made_of_texts(expression: str) -> str:
    """What an expression makes of `said` in relation `said_texts`, in the order of `place`."""
    return f"select {expression} as made from said_texts order by place"


def shift_of_quarters(column: Column, kitchen_zone: str | None) -> str | None:
    """How far the kitchens' clocks are ahead of a column's in each quarter of an hour.

    Relation `quarters` has `begun`: what the column's clocks showed, and of times that say their
    offset UTC's. Columns are `ahead` (microseconds; null in a skipped hour) and `told`, the hour
    that clocks show twice or never. None where both clocks are the same.
    """
    if kitchen_zone is None or _zone_of(column) in (None, kitchen_zone):
        return None
    moment = "timezone('UTC', begun)" if column.zone == OFFSET else "begun"
    local = _local(moment, column, kitchen_zone)
    told = _first_of(_hours(moment, local, column, kitchen_zone))
    return f"""
        select epoch_us({local}) - epoch_us(begun) as ahead, {told} as told
        from quarters order by begun"""


def as_field(text: str) -> str:
    """A text as a field of our lines, quoted where it has to be."""
    return (
        f"case when contains({text}, ';') or contains({text}, '\"')"
        f" then '\"' || replace({text}, '\"', '\"\"') || '\"' else {text} end"
    )


def _extracted(name: str, column: Column) -> str:
    return f'regexp_extract("{name}", {quoted(column.pattern)}, 1)'


def _escaped(mark: str) -> str:
    return mark if mark.isalnum() or mark in "\t ;,'" else "\\" + mark


def understood_text(text: str, column: Column) -> str:
    """What a text becomes by a column's pattern and map; null where one does not know it."""
    if not column.pattern:
        return _mapped(text, column) if column.map else text
    found = f"regexp_extract({text}, {quoted(column.pattern)}, 1)"
    return f"case when {found} <> '' then {_mapped(found, column) if column.map else found} end"


def _mapped(text: str, column: Column) -> str:
    entries = " ".join(
        f"when {quoted(said)} then {quoted(meant)}"
        for said, meant in column.map.items()
        if said != "*"
    )
    other = quoted(column.map["*"]) if "*" in column.map else "null"
    empty = "" if "" in column.map else "when '' then ''"
    return f"case {text} {entries} {empty} else {other} end"


def _moment(text: str, column: Column, decimal: str) -> str:
    """A time as it was written; with a zone of its own it is an instant."""
    number = f"try_cast(replace({text}, '{decimal}', '.') as double)"
    for format_ in column.format:
        if format_ in MICROSECONDS:
            if format_ != "epoch_s":
                number = f"try_cast({text} as hugeint)"
            micros = f"{number} * {MICROSECONDS[format_]}"
            return (
                f"case when abs({micros}) < {LATEST_MICROSECOND}"
                f" then make_timestamp(cast({micros} as bigint)) end"
            )
        if format_ in DAYS:
            # Milliseconds are what such a number of days can tell.
            millis = f"round(({number} * {DAYS[format_]} - 25569) * 86400e3)"
            return (
                f"case when abs({millis}) * 1e3 < {LATEST_MICROSECOND}"
                f" then make_timestamp(cast({millis} as bigint) * 1000) end"
            )
    if column.zone == OFFSET and not column.format:
        # Without an offset DuckDB would take the time for the session's.
        has_offset = f"regexp_full_match({text}, {quoted(TIME_WITH_OFFSET)})"
        return f"case when {has_offset} then try_cast({text} as timestamptz) end"
    formats = column.format or ISO_FORMATS
    listed = ", ".join(quoted(format_) for format_ in formats)
    listed = listed if len(formats) == 1 else f"[{listed}]"
    ends = [pattern for pattern in map(_end_of_day, formats) if pattern]
    ended = " ".join(
        f"when regexp_full_match({text}, {quoted(pattern)}) then try_strptime("
        f"regexp_replace({text}, {quoted(pattern)}, {quoted(MIDNIGHT)}), {listed})"
        " + interval 1 day"
        for pattern in ends
    )
    said = f"try_strptime({text}, {listed})"
    return f"coalesce({said}, case {ended} end)" if ended else said


def _end_of_day(format_: str) -> str | None:
    """A pattern of 24:00, the end of a day, in a format; None where it cannot be told."""
    pattern, letters = "", iter(format_)
    for letter in letters:
        if letter != "%":
            pattern += _escaped(letter)
        elif (part := PARTS_AT_MIDNIGHT.get(next(letters, ""))) is not None:
            pattern += part
        else:
            return None
    return f"({pattern})" if pattern.count(HOUR) == 1 else None


def _zone_of(column: Column) -> str | None:
    return "UTC" if {*column.format} & MICROSECONDS.keys() else column.zone


def zones_of(layout: Layout) -> set[str]:
    """Name the zones whose rules decide what a layout's times become; none where none does."""
    zones = {zone for column in layout.columns.values() if (zone := _zone_of(column))}
    if layout.kitchen_zone is None or zones <= {layout.kitchen_zone}:
        return set()
    return zones - {OFFSET} | {layout.kitchen_zone}


def _local(moment: str, column: Column, kitchen_zone: str | None) -> str:
    """What the kitchens' clocks showed; null in an hour that the other clocks skipped."""
    zone = _zone_of(column)
    if zone is None or kitchen_zone is None or zone == kitchen_zone:
        return moment
    if zone == OFFSET:
        return f"timezone({quoted(kitchen_zone)}, {moment})"
    shown = f"timezone({quoted(kitchen_zone)}, timezone({quoted(zone)}, {moment}))"
    if not changing_days(zone):
        return shown
    return f"case when {_is_shown(moment, zone)} then {shown} end"


def _instant(moment: str, column: Column) -> str:
    """When a time of a named zone, or with an offset, was."""
    zone = _zone_of(column)
    return moment if zone == OFFSET else f"timezone({quoted(str(zone))}, {moment})"


def _is_shown(moment: str, zone: str) -> str:
    days = ", ".join(f"date '{day}'" for day in changing_days(zone))
    there_and_back = f"timezone({quoted(zone)}, timezone({quoted(zone)}, {moment}))"
    return f"(cast({moment} as date) not in ({days}) or {there_and_back} = {moment})"


def _first_of(cases: Sequence[str]) -> str:
    return f"case {' '.join(cases)} end" if cases else "cast(null as varchar)"


def _hours(moment: str, local: str, column: Column, kitchen_zone: str | None) -> list[str]:
    """Tests for hours that clocks show twice or never."""
    zone = _zone_of(column)
    if zone is None or kitchen_zone is None or zone == kitchen_zone:
        return []
    tests = []
    if zone != OFFSET and changing_days(zone):
        tests += [
            f"when not ({_is_shown(moment, zone)}) then 'skipped ' || {quoted(zone)}",
            f"when {_is_twice(moment, zone)} then 'repeated ' || {quoted(zone)}",
        ]
    if changing_days(kitchen_zone):
        tests.append(
            f"when {_is_twice(local, kitchen_zone)} then 'repeated ' || {quoted(kitchen_zone)}"
        )
    return tests


def _is_twice(moment: str, zone: str) -> str:
    days = ", ".join(f"date '{day}'" for day in changing_days(zone))
    name = quoted(zone)
    instant = f"timezone({name}, {moment})"
    again = [
        f"timezone({name}, {instant} {way} interval {minutes} minute) = {moment}"
        for minutes in minutes_set_back(zone)
        for way in "+-"
    ]
    return f"(cast({moment} as date) in ({days}) and ({' or '.join(again) or 'false'}))"


@cache
def changing_days(zone: str) -> tuple[date, ...]:
    """List the days since 2001, by its own clocks, on which a zone's clocks are changed."""
    changed = {
        before.date() + timedelta(days=n)
        for before, after in _changes(zone)
        for n in range((after.date() - before.date()).days + 1)
    }
    return tuple(sorted(changed))


@cache
def minutes_set_back(zone: str) -> tuple[int, ...]:
    """List by how many minutes a zone's clocks are set back: on Lord Howe thirty, at Troll 120."""
    back = {
        (before.utcoffset() or timedelta()) - (after.utcoffset() or timedelta())
        for before, after in _changes(zone)
    }
    return tuple(sorted(by // timedelta(minutes=1) for by in back if by > timedelta()))


@cache
def _changes(zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """List the midnights of UTC, as a zone's clocks show them, between which they are changed."""
    clock = ZoneInfo(zone)
    first = datetime(2001, 1, 1, tzinfo=UTC)
    shown = [(first + timedelta(days=n)).astimezone(clock) for n in range(365 * 60)]
    return tuple(pair for pair in pairwise(shown) if pair[0].utcoffset() != pair[1].utcoffset())
