"""Where it is kept what dbt parsed of this version of the code.

Parsing takes five seconds of CPU, reading what was kept a tenth of one. Runs write only where they
are told to, so `make install` keeps it, and the image has it.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

# All that dbt reads, so that a manifest of anything else is never taken for this one's.
READ_FOLDERS = ("models", "macros", "seeds", "tests/dbt", "docs")
READ_SUFFIXES = {".sql", ".yml", ".csv", ".md"}


def kept_path(project_dir: Path, target: str, database: str, metrics: tuple[str, ...]) -> Path:
    """Where the manifest of a project is kept, by what it says and what it is parsed for.

    Args:
        project_dir: The project; manifests name places in it.
        target: dbt's target.
        database: What the warehouse is called; its relations are named with it.
        metrics: METRICS.
    """
    parsed_for = f"{version('dbt-core')} {project_dir} {target} {database} {metrics}"
    digest = hashlib.sha256(parsed_for.encode())
    read = [path for folder in READ_FOLDERS for path in (project_dir / folder).rglob("*")]
    for path in sorted([*project_dir.glob("*.yml"), *read]):
        if path.suffix in READ_SUFFIXES:
            digest.update(f"\0{path.relative_to(project_dir)}\0".encode() + path.read_bytes())
    return project_dir / "target" / "parsed" / f"{digest.hexdigest()}.msgpack"
