"""The one door to Jinja: names and texts from outside are escaped, missing values are errors."""

from functools import cache

import jinja2

from python_ml.seen.remarks import translate
from python_ml.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "dashboard" / "templates"


@cache
def load_templates() -> jinja2.Environment:
    """Open the templates of pages, mails and reports."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["told"] = translate
    return templates
