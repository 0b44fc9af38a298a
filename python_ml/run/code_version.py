"""Which code runs: the version that models and predictions carry."""

import os
import subprocess
from functools import cache

from python_ml.settings import PROJECT_DIR


@cache
def code_version() -> str:
    """Name the code: the git commit, with `+` where files differ from it.

    An image carries no repository: there the build writes the commit to `CODE_VERSION`.
    """
    if version := os.environ.get("CODE_VERSION"):
        return version
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=PROJECT_DIR, check=True, capture_output=True, text=True
    ).stdout.strip()
