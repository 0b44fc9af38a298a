"""Plain files with one tag a line: the rows that are whole, put together by their numbers.

What it leaves, and files with any line that is not plain, go through `layout_sql.TagGroups`.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_ml.raw.foreign_typed import PlainLines, has_plain_times
from python_ml.raw.layout_sql import quoted
from python_ml.raw.layouts import Layout, Tags
from python_ml.raw.lines import LINE_SCHEMA

LARGEST_KEY = 2**63
# An array of Arrow holds no more text.
MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class WholeRows:
    """Readings of a file, and the lines that make them.

    Attributes:
        readings: A batch of `reading_schema`; beside each its first line.
        members: For each of our columns, the number of the line that says it.
        left: The lines of the other rows, as they were read.
    """

    readings: pa.RecordBatch
    members: tuple[np.ndarray, ...]
    left: pa.RecordBatch


@dataclass
class _Parts:
    """What is kept of the lines read so far, block by block."""

    lines: list[pa.RecordBatch] = field(default_factory=list)
    texts: list[pa.Array] = field(default_factory=list)
    machines: list[np.ndarray] = field(default_factory=list)
    columns: list[np.ndarray] = field(default_factory=list)
    micros: list[np.ndarray] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True)
class TagReader(PlainLines):
    """Reads one file whose layout `has_plain_tags`: every block of it, then the rows."""

    _parts: _Parts = field(default_factory=_Parts)
    _machines: dict[str, int] = field(default_factory=dict)

    def add(self, lines: pa.RecordBatch) -> bool:
        """Take the next lines; False if one of them is not plain."""
        tags = self._tags
        names = [*self.layout.columns["timestamp"].source, *self.layout.only]
        wanted = dict.fromkeys([tags.source, tags.value, *names], pa.string())
        try:
            parsed = self.parse(lines, wanted)
            return parsed is not None and self._add(*parsed)
        except pa.ArrowInvalid:
            return False

    def _add(self, lines: pa.RecordBatch, values: dict[str, pa.Array]) -> bool:
        if not len(lines):
            return True
        tags, parts = self._tags, self._parts
        times = self.times(values)
        pattern = f"said, {quoted(tags.pattern)}"
        told = self.by_text(
            values[tags.source],
            f"[regexp_extract({pattern}, 1), regexp_extract({pattern}, 2)]",
        )
        machines, names = pc.list_element(told, 0), pc.list_element(told, 1)
        columns = pc.index_in(names, pa.array(list(tags.columns)))
        has_unknown = columns.null_count or pc.any(pc.equal(machines, "")).as_py()
        if times is None or has_unknown or pc.any(pc.equal(values[tags.value], "")).as_py():
            return False
        encoded = machines.dictionary_encode()
        codes = [
            self._machines.setdefault(name, len(self._machines))
            for name in encoded.dictionary.to_pylist()
        ]
        ours = np.array([self._columns.index(name) for name in tags.columns.values()])
        parts.lines.append(lines)
        parts.texts.append(values[tags.value])
        parts.machines.append(np.array(codes)[encoded.indices.to_numpy()])
        parts.columns.append(ours[columns.to_numpy()])
        parts.micros.append(self._aligned(times))
        parts.size += lines.nbytes
        return parts.size < MOST_BYTES

    def rows(self) -> WholeRows | None:
        """Put the lines together; None if a row is not plain, or there is none."""
        parts, width = self._parts, len(self._columns)
        if not parts.lines:
            return None
        micros, machines, columns = (
            np.concatenate(each) for each in (parts.micros, parts.machines, parts.columns)
        )
        first, count = int(micros.min()), len(self._machines)
        if (int(micros.max()) - first + 1) * count * width >= LARGEST_KEY:
            return None
        keys = (micros - first) * count + machines
        order = np.argsort(keys * width + columns, kind="stable")
        sorted_keys = keys[order]
        begins = np.flatnonzero(np.diff(sorted_keys, prepend=sorted_keys[0] - 1))
        sizes = np.diff(begins, append=len(order))
        places = order[begins[sizes == width][:, None] + np.arange(width)]
        places = places[(columns[places] == np.arange(width)).all(axis=1)]
        return self._whole(places, micros, machines) if len(places) else None

    def _whole(
        self, places: np.ndarray, micros: np.ndarray, machines: np.ndarray
    ) -> WholeRows | None:
        """Read the rows of which each column's line is known by its place."""
        lines = pa.Table.from_batches(self._parts.lines).combine_chunks().to_batches()[0]
        texts = pa.concat_arrays(self._parts.texts)
        numbers = lines.column("source_line").to_numpy()
        members = tuple(numbers[of_column] for of_column in places.T)
        firsts = places[np.arange(len(places)), numbers[places].argmin(axis=1)]
        is_left = np.ones(len(lines), bool)
        is_left[places.ravel()] = False
        said = {
            name: texts.take(pa.array(of_column))
            for name, of_column in zip(self._columns, places.T, strict=True)
        }
        metrics = [self._as_numbers(said[name]) for name in self.typed.metrics]
        if None in metrics:
            return None
        of_rows = lines.take(pa.array(firsts))
        file_ids = pa.array(np.full(len(places), self.file_id), pa.int64())
        ours = pa.RecordBatch.from_arrays([file_ids, *of_rows.columns[1:]], schema=LINE_SCHEMA)
        times = pa.array(micros[firsts]).cast(pa.timestamp("us"))
        names = pa.array(list(self._machines)).take(pa.array(machines[firsts]))
        readings = self.typed.kept(ours, times, (names, said["batch_id"]), metrics)
        left = lines.filter(pa.array(is_left))
        return None if readings is None else WholeRows(readings, members, left)

    def _as_numbers(self, texts: pa.Array) -> pa.Array | None:
        """Read numbers; None if one is none."""
        if self.layout.decimal == ",":
            if pc.any(pc.match_substring(texts, ".")).as_py():
                return None
            texts = pc.replace_substring(texts, ",", ".")
        try:
            return texts.cast(pa.float64())
        except pa.ArrowInvalid:
            return None

    def _aligned(self, times: pa.Array) -> np.ndarray:
        micros = times.cast(pa.int64()).to_numpy()
        step = self._tags.align_seconds * 1_000_000
        return micros // step * step if step else micros

    @property
    def _columns(self) -> tuple[str, ...]:
        """Name the columns that tags fill."""
        return tuple(dict.fromkeys(self._tags.columns.values()))

    @property
    def _tags(self) -> Tags:
        if self.layout.tags is None:
            raise ValueError(f"layout {self.layout.name} has no tags")
        return self.layout.tags


def has_plain_tags(layout: Layout, metrics: tuple[str, ...]) -> bool:
    """Whether its rows are of one machine and time, and tags say all the rest."""
    if layout.tags is None or {*layout.columns} != {"timestamp"}:
        return False
    return {*layout.tags.columns.values()} == {"batch_id", *metrics} and has_plain_times(layout)
