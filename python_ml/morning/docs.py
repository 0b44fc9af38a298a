"""`arepas docs`: dbt's page of all models, where the site links to it."""

import shutil
from pathlib import Path

from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.files import writing_below
from python_ml.seen.site import DOCS
from python_ml.settings import Settings


def write_docs(settings: Settings) -> Path:
    """Write the page, one static file; returns its path.

    Raises:
        ArepasError: dbt cannot read the project or the warehouse, or PUBLIC_DIR cannot be written.
    """
    page = settings.public_dir / DOCS
    with writing_below(settings.public_dir, "PUBLIC_DIR"):
        page.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Transformer(settings, duckdb_engine(settings)).build_docs(), page)
    return page
