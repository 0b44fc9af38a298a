"""Variables that a library reads from the environment, there for as long as it runs."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager


@contextmanager
def environment_with(variables: Mapping[str, str]) -> Generator[None]:
    """Set variables for a while; afterwards each is what it was, and others are left alone."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
