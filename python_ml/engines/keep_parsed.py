"""`python -m python_ml.engines.keep_parsed`: parse once, for all runs of this version."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from python_ml.engines.parsed import kept_path
from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.errors import ArepasError
from python_ml.settings import PROJECT_DIR, load_settings

WRITTEN_BY_DBT = "partial_parse.msgpack"


def keep_parsed(project_dir: Path) -> Path:
    """Parse the project for the settings' defaults, unless it is kept, and keep that alone.

    Returns:
        Where.
    """
    with TemporaryDirectory() as folder:
        settings = load_settings({"WAREHOUSE_PATH": f"{folder}/warehouse.duckdb"})
        engine = duckdb_engine(settings)
        path = kept_path(project_dir, engine.target, settings.warehouse_path.stem, settings.metrics)
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        Transformer(settings, engine).parse()
        manifest = (engine.state_dir / "target" / WRITTEN_BY_DBT).read_bytes()
    for of_before in path.parent.iterdir():
        of_before.unlink()
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(manifest)
    return unfinished.replace(path)


def main() -> None:
    """Keep it, or say in one line why that cannot be."""
    try:
        keep_parsed(PROJECT_DIR)
    except (ArepasError, OSError) as error:
        sys.exit(f"what dbt parsed is not kept: {error}")


if __name__ == "__main__":
    main()
