"""How two versions of one table differ; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

OTHER = "__other"


@dataclass(frozen=True)
class TableDifference:
    """What is not the same in two tables.

    Attributes:
        table: Its name.
        row_count: Rows of the first.
        unmatched_count: Rows whose key only one of the two has.
        unequal_count: Values, other than decimal numbers, that are not the same, nulls included.
        largest: The largest relative difference of two decimal numbers; infinite where one is null.
        largest_column: Where that is; empty where all are the same.
    """

    table: str
    row_count: int
    unmatched_count: int
    unequal_count: int
    largest: float
    largest_column: str

    def exceeds(self, limit: float) -> bool:
        """Say whether rows or values differ, or decimal numbers by more than a limit."""
        return self.unmatched_count > 0 or self.unequal_count > 0 or not self.largest <= limit

    def __str__(self) -> str:
        where = f" ({self.largest_column})" if self.largest_column else ""
        return (
            f"{self.table}: {self.row_count} rows, {self.unmatched_count} without a partner,"
            f" {self.unequal_count} unequal values, largest relative difference"
            f" {self.largest:.2g}{where}"
        )


def compare_tables(
    table: str, first: pd.DataFrame, second: pd.DataFrame, keys: Sequence[str]
) -> TableDifference:
    """Compare two tables row by row.

    Args:
        table: What to call them.
        first: One; grain: the keys.
        second: The other, with the same columns.
        keys: The columns that name a row.

    Raises:
        ValueError: The columns are not the same, or the keys not unique.
    """
    if set(first.columns) != set(second.columns):
        raise ValueError(f"{table}: columns {sorted(set(first.columns) ^ set(second.columns))}")
    paired = _plain(first).merge(
        _plain(second),
        on=list(keys),
        how="outer",
        suffixes=("", OTHER),
        indicator=True,
        validate="one_to_one",
    )
    both = paired[paired["_merge"] == "both"]
    unequal_count, largest, largest_column = 0, 0.0, ""
    for column in (name for name in first.columns if name not in keys):
        one, other = both[column], both[column + OTHER]
        if pd.api.types.is_float_dtype(one) or pd.api.types.is_float_dtype(other):
            difference = _largest_difference(one.to_numpy(float), other.to_numpy(float))
            if difference > largest:
                largest, largest_column = difference, column
        else:
            unequal_count += int((~((one == other) | (one.isna() & other.isna()))).sum())
    return TableDifference(
        table, len(first), len(paired) - len(both), unequal_count, largest, largest_column
    )


def _largest_difference(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference relative to the larger of two values; infinite for half a pair."""
    if (np.isnan(one) != np.isnan(other)).any():
        return np.inf
    size = np.maximum(np.abs(one), np.abs(other))
    differs = (one != other) & ~np.isnan(one)
    return float(np.max(np.abs(one - other)[differs] / size[differs], initial=0.0))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Give both engines' frames the same types: days are times, texts are objects."""
    plain = {}
    for name in rows.columns.astype(str):
        values = rows[name]
        if name.endswith("_date"):
            plain[name] = pd.to_datetime(values).astype("datetime64[us]")
        elif name.endswith("_at"):
            plain[name] = values.astype("datetime64[us]")
        elif pd.api.types.is_string_dtype(values):
            plain[name] = values.astype(object).where(values.notna(), None)
        else:
            plain[name] = values
    return pd.DataFrame(plain)
