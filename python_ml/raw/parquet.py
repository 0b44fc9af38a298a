"""Parquet files as the lines of text that a kitchen would have written."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from python_ml.errors import UnreadableFileError
from python_ml.raw.files import RawFile


def read_columns(file: RawFile) -> tuple[str, ...]:
    """Name a file's columns; extra ones that no text can show, nested ones say, are left out.

    Raises:
        UnreadableFileError: A required column is of such a type; the message names it.
    """
    with file.open() as stream:
        schema = pq.read_schema(stream)
    return tuple(field.name for field in _shown_fields(file, schema))


def read_number_columns(file: RawFile) -> frozenset[str]:
    """Name the columns whose values are numbers by type."""
    with file.open() as stream:
        schema = pq.read_schema(stream)
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return frozenset(
        field.name for field in schema if any(is_kind(field.type) for is_kind in kinds)
    )


def read_rows(file: RawFile) -> Iterator[tuple[int, pa.Array]]:
    """Yield blocks of rows as lines with the number of their first one, row 1 being line 1.

    Raises:
        UnreadableFileError: A column's values cannot be written as text without a loss.
    """
    line_number = 1
    with file.open() as stream, pq.ParquetFile(stream) as parquet:
        names = [field.name for field in _shown_fields(file, parquet.schema_arrow)]
        for batch in parquet.iter_batches(columns=names):
            # Of two columns of one name the first counts, as in text.
            columns = {name: batch.column(batch.schema.names.index(name)) for name in names}
            fields = [
                _as_text(file, name, column)
                if name in file.table.required_columns
                else _as_text_or_nothing(file, name, column)
                for name, column in columns.items()
            ]
            joined = pc.binary_join_element_wise(*fields, ";")
            yield line_number, joined.cast(pa.large_binary())
            line_number += len(joined)


def _shown_fields(file: RawFile, schema: pa.Schema) -> list[pa.Field]:
    fields = {field.name: field for field in reversed(list(schema))}
    for name in file.table.required_columns:
        if name in fields and not _is_text(fields[name].type, is_required=True):
            raise UnreadableFileError(
                f"{file.source_file}: column {name} holds {fields[name].type}; write text, numbers"
                " or times"
            )
    return [
        fields[name]
        for name in dict.fromkeys(schema.names)
        if _is_text(fields[name].type, is_required=name in file.table.required_columns)
    ]


def _is_text(kind: pa.DataType, *, is_required: bool) -> bool:
    """Whether values of a type can be shown as text; bytes may be, where they have to."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return is_required
    if pa.types.is_timestamp(kind):
        return True
    try:
        pa.array([], kind).cast(pa.string())
    except pa.ArrowException:
        return False
    return True


def _as_text(file: RawFile, name: str, column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        column = _as_wall_time(file, name, column)
    text = pc.fill_null(column.cast(pa.string()), "")
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(text, '[;"]'), quoted, text)


def _as_text_or_nothing(file: RawFile, name: str, column: pa.Array) -> pa.Array:
    """Write a column that need not be there; what is no text leaves it empty."""
    try:
        return _as_text(file, name, column)
    except (UnreadableFileError, pa.ArrowException):
        return pa.repeat("", len(column))


def _as_wall_time(file: RawFile, name: str, column: pa.Array) -> pa.Array:
    """Write times as the clocks of their own zone showed them."""
    zone = column.type.tz
    try:
        local = column if zone is None else pc.local_timestamp(column)
    except pa.ArrowException as error:
        raise UnreadableFileError(
            f"{file.source_file}: column {name} has times of the zone {zone}, which is not known"
            " here; write them without a zone"
        ) from error
    try:
        to_microseconds = local.cast(pa.timestamp("us"))
    except pa.ArrowException as error:
        raise UnreadableFileError(
            f"{file.source_file}: column {name} has times ({column.type}) that microseconds cannot"
            " tell; round them (in pandas .dt.round('us')) and deliver the file again"
        ) from error
    return pc.strftime(to_microseconds, "%Y-%m-%dT%H:%M:%S")
