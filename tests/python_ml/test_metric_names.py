"""The seed that says what metrics are called, in three languages."""

from pathlib import Path

import pytest

from python_ml.errors import InputError
from python_ml.metric_names import NO_NAMES, SEED, MetricName, read_metric_names

HEADER = "metric,name_en,name_es,name_it,unit\n"


def seed(folder: Path, *lines: str) -> Path:
    path = folder / "metrics.csv"
    path.write_text(HEADER + "\n".join(lines), encoding="utf-8-sig")
    return path


def test_a_metric_is_called_as_the_seed_says_in_each_language(tmp_path: Path):
    path = seed(tmp_path, "oven,oven temperature,temperatura del horno,,°C", "load,,,,")
    named = {code: read_metric_names(code, path) for code in ("en", "es", "it")}
    assert named["es"]["oven"] == MetricName("temperatura del horno", "°C")
    assert named["it"]["oven"] == named["en"]["oven"] == MetricName("oven temperature", "°C")
    assert named["en"]["load"] == MetricName("load")


def test_a_metric_without_a_row_keeps_its_own_name(tmp_path: Path):
    assert read_metric_names("en", seed(tmp_path))["motor_current"] == MetricName("motor_current")
    assert read_metric_names("en", tmp_path / "missing.csv") == NO_NAMES


@pytest.mark.parametrize(
    "line", ["oven,a,b,c,°C", ",a,b,c,", "fan,slow; loud,b,c,", f"fan,{'a' * 61},b,c,"]
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str):
    with pytest.raises(InputError, match="line 3: write metric,name_en,name_es,name_it,unit"):
        read_metric_names("en", seed(tmp_path, "oven,oven,horno,forno,°C", line))


def test_the_default_metrics_have_names():
    assert [read_metric_names(code, SEED)["metric_1"].name for code in ("en", "es", "it")] == [
        "metric 1",
        "métrica 1",
        "metrica 1",
    ]
