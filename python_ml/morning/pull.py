"""`arepas pull`: databases and shares into RAW_DATA_DIR, each row and file once."""

import logging
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.settings import Settings

if TYPE_CHECKING:  # at run time it is imported late: dlt has an environment of its own
    from python_ml.engines.sources import Source

logger = logging.getLogger(__name__)

FOLDER = "pull"
WORDS = {"address", "table", "cursor", "files"}


def pull(settings: Settings) -> int:
    """Bring what is new of all sources; one that fails does not stop the others.

    Returns:
        The number of files brought.

    Raises:
        InputError: PULL_SOURCES cannot be used, or dlt is not installed.
        PartlyDoneError: A source failed; the message names it.
        ArepasError: All did.
    """
    try:
        from python_ml.engines.sources import bring
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed here; run `make pull`") from error

    sources = read_sources(settings.pull_sources_file, os.environ)
    if not settings.raw_data_dir.is_dir():
        raise InputError(f"RAW_DATA_DIR={settings.raw_data_dir}: no such folder; make it")
    count, problems = 0, []
    for source in sources:
        folder = settings.raw_data_dir / FOLDER / source.name
        try:
            brought = bring(source, folder, settings.state_dir / FOLDER)
        except ArepasError as error:
            problems.append(str(error))
        else:
            count += brought
            logger.info("%s: %d new files in %s", source.name, brought, folder)
    if problems:
        kind = ArepasError if len(problems) == len(sources) else PartlyDoneError
        raise kind(*problems)
    return count


def read_sources(path: Path | None, environment: Mapping[str, str]) -> "list[Source]":
    """Read the sources; an address that is `$NAME` is in that variable, which may hold a password.

    Raises:
        InputError: There is no file, or it cannot be used; one line for each thing that is wrong.
    """
    from python_ml.engines.sources import Source

    if path is None:
        raise InputError("PULL_SOURCES is not set: name a TOML file of sources, see docs/pull.md")
    told = f"PULL_SOURCES={path}"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{told}: cannot be read ({error}); see docs/pull.md") from error
    problems = [] if tables else [f"{told}: names no source; see docs/pull.md"]
    sources = []
    for name, words in tables.items():
        if fault := _fault_of(name, words, environment):
            problems.append(f"{told}: {name}: {fault}; see docs/pull.md")
        else:
            address = environment.get(words["address"].removeprefix("$"), words["address"])
            sources.append(Source(name, **(words | {"address": address})))
    if problems:
        raise InputError(*problems)
    return sources


def _fault_of(name: str, words: object, environment: Mapping[str, str]) -> str | None:
    """What is wrong with what is said of a source."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        return "a source's name is lower-case letters, digits and _"
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        return "write a table of texts"
    if unknown := words.keys() - WORDS:
        return f"no such word: {', '.join(sorted(unknown))}"
    address = words.get("address", "")
    if address.startswith("$") and not environment.get(address[1:]):
        return f"the variable {address[1:]} is not set"
    if re.search("://[^/]*:[^/]*@", address):
        return 'an address with a password belongs into a variable: address = "$NAME"'
    if not address.startswith("$") and "://" not in address:
        return 'write address = "$NAME" or file:///mnt/share'
    has_rows, has_files = {"table", "cursor"} <= words.keys(), "files" in words
    if has_rows == has_files:
        return "write table and cursor for a database, or files for a share"
    return None
