"""A made-up published file, read; and the same with some tables changed."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from python_ml.seen.published import Published, read_published
from python_ml.settings import load_settings
from tests.published_fleet import PublishedFleet, write_published

AS_OF = date(2026, 11, 20)
ChangeTable = Callable[[pd.DataFrame], pd.DataFrame]
Change = Callable[..., Published]


@pytest.fixture(scope="package")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    path = tmp_path_factory.mktemp("published") / "bi.duckdb"
    write_published(path, PublishedFleet(AS_OF, 3, 6, days=100))
    return read_published(load_settings({"BI_PATH": str(path)}), as_of=AS_OF)


@pytest.fixture
def changed(published: Published) -> Change:
    def change(**tables: ChangeTable) -> Published:
        new = {name: change(published[name].copy()) for name, change in tables.items()}
        return Published(published.as_of, {**published.tables, **new})

    return change
