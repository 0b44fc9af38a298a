"""What is kept of dbt's parse: of this very project, and as good as parsed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from python_ml.engines import keep_parsed as keep_parsed_module
from python_ml.engines import parsed
from python_ml.engines.keep_parsed import keep_parsed
from python_ml.engines.transform import Transformer, _read_kept
from python_ml.settings import PROJECT_DIR, load_settings

SETTINGS = load_settings({})
PARSED_FOR = ("duckdb", "warehouse", SETTINGS.metrics)


@pytest.mark.parametrize(
    "name",
    ["models/a.sql", "models/a.yml", "macros/a.sql", "seeds/a.csv", "docs/a.md", "profiles.yml"],
)
def test_another_version_of_anything_that_dbt_reads_is_kept_elsewhere(name: str, tmp_path: Path):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("as it was")
    before = parsed.kept_path(tmp_path, *PARSED_FOR)
    assert parsed.kept_path(tmp_path, *PARSED_FOR) == before
    path.write_text("as it is now")
    assert parsed.kept_path(tmp_path, *PARSED_FOR) != before


def test_another_project_target_database_or_metric_is_kept_elsewhere(tmp_path: Path):
    kept = {
        parsed.kept_path(tmp_path, *PARSED_FOR),
        parsed.kept_path(tmp_path / "moved", *PARSED_FOR),
        parsed.kept_path(tmp_path, "spark", "warehouse", SETTINGS.metrics),
        parsed.kept_path(tmp_path, "duckdb", "other", SETTINGS.metrics),
        parsed.kept_path(tmp_path, "duckdb", "warehouse", ("metric_1",)),
    }
    assert len(kept) == 5


def test_what_is_kept_is_what_was_parsed_and_of_this_version_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    parse, manifests = Transformer.parse, []
    monkeypatch.setattr(Transformer, "parse", lambda self: manifests.append(parse(self)))
    of_before = tmp_path / "target" / "parsed" / "before.msgpack"
    assert _read_kept(of_before) is None
    of_before.parent.mkdir(parents=True)
    of_before.write_bytes(b"of an older version")
    path = keep_parsed(tmp_path)
    assert list(path.parent.iterdir()) == [path]
    assert path == parsed.kept_path(tmp_path, *PARSED_FOR)
    kept, manifest = _read_kept(path), manifests[0]
    assert kept is not None
    manifest.build_flat_graph()
    assert kept.flat_graph == manifest.flat_graph
    for unit in ("macros", "unit_tests"):
        of_both = [getattr(each, unit) for each in (kept, manifest)]
        told = [{name: node.to_dict() for name, node in nodes.items()} for nodes in of_both]
        assert told[0] == told[1]
    assert keep_parsed(tmp_path) == path
    assert len(manifests) == 1


@pytest.mark.parametrize(
    "verb", ["daily", "build", "rebuild", "retrain", "replay", "serve", "docs"]
)
def test_a_changed_file_is_parsed_once_before_a_verb_and_not_by_each_run(verb: str):
    changed = "models/marts/bi/rpt_week_plan.sql"
    told = subprocess.run(
        ["make", "--dry-run", f"--what-if={changed}", verb],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "python_ml.engines.keep_parsed" in told.stdout


def test_a_file_of_any_name_is_nothing_that_a_verb_would_have_to_make(tmp_path: Path):
    shutil.copy(PROJECT_DIR / "Makefile", tmp_path)
    for folder in (*parsed.READ_FOLDERS, ".venv"):
        (tmp_path / folder).mkdir(parents=True)
    installed_from = ("requirements-uv.txt", "requirements-dev.txt", "pyproject.toml")
    odd = ("docs/a page: 50 % #1.md", "a layout.yml")
    for name in (*odd, *installed_from, ".venv/.installed"):
        (tmp_path / name).touch()
    done = subprocess.run(
        ["make", "--dry-run", "daily"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "python_ml.engines.keep_parsed" in done.stdout


def test_make_forgets_what_is_kept_together_with_it():
    made = ["make", "--no-print-directory", "--eval=stamp: ; @echo $(PARSED)", "stamp"]
    told = subprocess.run(made, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    stamp = PROJECT_DIR / told.stdout.strip()
    assert stamp.parent == parsed.kept_path(PROJECT_DIR, *PARSED_FOR).parents[1]


def test_what_cannot_be_kept_is_one_line_and_left_to_the_verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "target").write_text("in the way")
    monkeypatch.setattr(keep_parsed_module, "PROJECT_DIR", tmp_path)
    with pytest.raises(SystemExit, match=r"^what dbt parsed is not kept: .*target"):
        keep_parsed_module.main()
