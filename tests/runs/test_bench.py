"""What `make bench` measures against are independent implementations: they reach our features."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.raw_to_features.compare import find_differences
from benchmarks.raw_to_features.measure import call
from tests.conftest import Workspace
from tests.small_fleet import NEXT_DAY, copy_of, variables_of


@pytest.fixture(scope="module")
def built(evening: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = copy_of(evening, tmp_path_factory.mktemp("bench") / "fleet")
    variables = variables_of(workspace)
    assert workspace.arepas("build", "--as-of", NEXT_DAY.isoformat(), **variables) == 0
    return workspace


@pytest.fixture(scope="module", params=["with_duckdb", "with_polars", "with_pandas"])
def theirs(request: pytest.FixtureRequest, built: Workspace) -> Path:
    out = built.folder / f"{request.param}.parquet"
    call(request.param, str(built.raw), NEXT_DAY.isoformat(), str(out))
    return out


def test_the_contenders_reach_our_features(built: Workspace, theirs: Path):
    assert find_differences(built.warehouse, theirs) == []


def test_a_small_difference_is_noticed(theirs: Path, tmp_path: Path):
    altered = tmp_path / "altered.parquet"
    duckdb.execute(
        "copy (select * replace (metric_2_mean_7d * (1 + 1e-6) as metric_2_mean_7d)"
        f" from read_parquet('{theirs}')) to '{altered}' (format parquet)"
    )
    (difference,) = find_differences(theirs, altered)
    assert difference.startswith("metric_2_mean_7d differs in ")
