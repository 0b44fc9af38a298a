"""`arepas forget`: take a delivered file's rows back, as if it had never come."""

import logging

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, counted
from python_ml.raw.deliveries import next_load_id
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# The version that counts or, of a file that is marked as forgotten, the last one that did: it is
# there until the build that follows has ended.
NEWEST_VERSION = """
select file_id, line_count, replaced_load_id is not null from raw.files where source_file = ?
order by replaced_load_id is null desc, file_id desc
limit 1
"""
DELIVERED_FILES = """
select source_file from raw.files where replaced_load_id is null
order by
    contains(source_file, $wanted) desc,
    jaro_winkler_similarity(source_file, $wanted) desc,
    source_file
limit 1
"""


def forget(settings: Settings, source_file: str) -> None:
    """Mark a file as replaced by nothing; the next build recomputes what it touched.

    One that is marked already, since whoever did so was killed before that build ended, stays so.

    Args:
        settings: Where the files and the warehouse are.
        source_file: The file's path below RAW_DATA_DIR, as in `quarantine.row_ledger`.

    Raises:
        InputError: The file still lies in the folder, or no such file was ever delivered.
    """
    with Warehouse(settings.warehouse_path) as warehouse:
        found = (
            warehouse.rows(NEWEST_VERSION, [source_file])
            if warehouse.has_table("raw", "files")
            else []
        )
        if not found:
            raise InputError(f"FILE={source_file}: {_not_delivered(warehouse, source_file)}")
        if (settings.raw_data_dir / source_file).exists():
            raise InputError(
                f"FILE={source_file}: still lies in {settings.raw_data_dir} and would come back"
                " with the next run; move it away first"
            )
        file_id, line_count, is_forgotten = found[0]
        if is_forgotten:
            logger.info("%s: its lines are forgotten already, the rest is done now", source_file)
            return
        with warehouse.transaction():
            warehouse.execute(
                "update raw.files set replaced_load_id = ? where file_id = ?",
                [next_load_id(warehouse), file_id],
            )
    logger.info("%s: forgetting its %s", source_file, counted(line_count, "line"))


def _not_delivered(warehouse: Warehouse, source_file: str) -> str:
    if not warehouse.has_table("raw", "files"):
        return "nothing was delivered yet"
    nearest = warehouse.rows(DELIVERED_FILES, {"wanted": source_file})
    hint = f"; did you mean {nearest[0][0]}?" if nearest else ""
    return f"no such file was delivered, give its path below RAW_DATA_DIR{hint}"
