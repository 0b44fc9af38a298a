"""What metrics are called where people read of them: the seed `metrics.csv`, read here alone."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from python_ml.errors import InputError
from python_ml.variables import PROJECT_DIR

SEED = PROJECT_DIR / "seeds" / "metrics.csv"
LANGUAGES = ("en", "es", "it")
COLUMNS = ("metric", *(f"name_{code}" for code in LANGUAGES), "unit")
# Reasons are told apart by semicolons; a name is one line and not a sentence.
WORDS = re.compile(r"[^;\x00-\x1f\x7f]{0,60}")


@dataclass(frozen=True)
class MetricName:
    """How people call a metric.

    Attributes:
        name: In one language; without a row in the seed the column's own name.
        unit: What stands behind its values; empty where none is known.
    """

    name: str
    unit: str = ""


class MetricNames(dict[str, MetricName]):
    """Names of all metrics in one language; one without a row keeps its column's name."""

    def __missing__(self, metric: str) -> MetricName:
        """Name a metric that nobody has named."""
        return MetricName(metric)


NO_NAMES = MetricNames()


def read_metric_names(language: str, path: Path = SEED) -> MetricNames:
    """Read how a language calls the metrics; where it has no name, English stands in.

    Raises:
        InputError: The file cannot be read or used; one line says where.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        return NO_NAMES
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error}); see docs/raw_files.md") from error
    named = MetricNames()
    for number, row in enumerate(rows, start=2):
        texts = {name: (row.get(name) or "").strip() for name in COLUMNS}
        metric = texts["metric"]
        if not metric or metric in named or not all(map(WORDS.fullmatch, texts.values())):
            raise InputError(
                f"{path}: line {number}: write {','.join(COLUMNS)}, each metric once, names and"
                " unit of at most 60 characters without semicolons"
            )
        name = texts[f"name_{language}"] or texts["name_en"] or metric
        named[metric] = MetricName(name, texts["unit"])
    return named
