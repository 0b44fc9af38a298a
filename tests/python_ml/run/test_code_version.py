"""The code's version: the commit, marked where files differ from it, or what the image says."""

import subprocess
from pathlib import Path

import pytest

from python_ml.run import code_version as module
from python_ml.run.code_version import code_version

IDENTITY = ("-c", "user.name=any", "-c", "user.email=any@example.org")


@pytest.fixture(autouse=True)
def without_image(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CODE_VERSION", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(module, "PROJECT_DIR", tmp_path)


def name_code() -> str:
    """Once a process; here each time anew."""
    return code_version.__wrapped__()


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_it_is_the_commit_with_a_plus_where_files_differ_from_it(tmp_path: Path):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "model.sql").write_text("select 1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert name_code() == commit[:12]
    (tmp_path / "left_by_a_run.log").write_text("not the code's")
    assert name_code() == commit[:12]
    (tmp_path / "model.sql").write_text("select 2")
    assert name_code() == commit[:12] + "+"


def test_an_image_says_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CODE_VERSION", "1f2e3d")
    assert name_code() == "1f2e3d"


def test_where_nothing_says_it_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert name_code() == "unknown"
    monkeypatch.setenv("PATH", str(tmp_path))  # no git at all
    assert name_code() == "unknown"
