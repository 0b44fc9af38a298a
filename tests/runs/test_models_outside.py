"""Opened by MLflow's own doors a champion says what the morning said: docs/models.md as written."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from python_ml.settings import PROJECT_DIR
from tests.conftest import Workspace
from tests.python_ml.engines.test_registry import answer_of
from tests.small_fleet import AS_OF

pytestmark = [
    pytest.mark.slow,
    # MLflow's own, when it imports what logs models.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred"),
]

SAID = """
select machine_id, failure_probability from ml.predictions
where as_of_date = ? and arepa_type = 'a1' and model_role = 'champion' and status = 'scored'
"""


def test_the_example_in_the_docs_and_the_model_server_say_what_the_morning_said(evening: Workspace):
    page = (PROJECT_DIR / "docs" / "models.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    example = example.replace("sqlite:///data/", f"sqlite:///{evening.folder}/")
    example = example.replace('"data/warehouse.duckdb"', repr(str(evening.warehouse)))
    names: dict = {}
    exec(example, names)
    rows = names["rows"].assign(said=names["probability"])
    assert rows["reading_count_7d"].dtype.kind == "i"  # as the table has them
    of_morning = rows[rows["as_of_date"] == pd.Timestamp(AS_OF)].set_index("machine_id")
    expected = evening.query(SAID, (AS_OF,)).set_index("machine_id")["failure_probability"]
    assert len(expected) > 3
    np.testing.assert_array_equal(of_morning["said"][expected.index], expected)
    asked = of_morning.loc[expected.index].drop(columns=["as_of_date", "said"])
    split = json.loads(asked.to_json(orient="split", double_precision=15))
    body = {name: split[name] for name in ("columns", "data")}
    answered = answer_of(names["champion"], body)
    # JSON here carries fifteen digits.
    np.testing.assert_allclose(answered[:, 1], expected, rtol=0, atol=1e-9)
