"""Templates: what comes from outside is escaped, what is missing is an error, all of them parse."""

import jinja2
import pytest

from python_ml.seen.templates import load_templates
from tests.published_fleet import HOSTILE_MACHINE


def test_names_from_outside_are_text():
    page = load_templates().from_string("<b title='{{ name }}'>{{ name }}</b>")
    written = page.render(name=HOSTILE_MACHINE + "'")
    assert written.count("<") == 2
    assert "&lt;img" in written
    assert written.count("'") == 2


def test_a_value_that_nobody_gave_is_an_error_and_no_blank():
    with pytest.raises(jinja2.UndefinedError, match="machine"):
        load_templates().from_string("{{ machine }}").render()


def test_every_template_parses_and_what_it_includes_is_there():
    templates = load_templates()
    names = templates.list_templates()
    assert {"index.html", "digest.html", "alert.html", "report.html"} <= set(names)
    for name in names:
        templates.get_template(name)
