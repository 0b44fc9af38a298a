"""What Spark wants to know before it starts: its configuration, and a Java that it can run on."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from python_ml.errors import InputError
from python_ml.settings import Settings

OLDEST_JAVA = 17
OPTIONS_LINE = re.compile("(NOTE: )?Picked up J")
LOG_SETTINGS = """\
rootLogger.level = error
logger.hive.name = org.apache.hadoop.hive
logger.hive.level = fatal
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


def prepare_spark(settings: Settings) -> None:
    """Write the configuration below SPARK_DIR and say in the environment where it is.

    Raises:
        InputError: Spark or Java is missing, or Java is too old.
    """
    spark = find_spec("pyspark")
    if spark is None or spark.origin is None:
        raise InputError("Spark is not installed here; run `make setup-spark`")
    _check_java()
    folder = settings.spark_dir / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    events_dir(settings).mkdir(parents=True, exist_ok=True)
    for log in events_dir(settings).glob("*[0-9]"):
        log.unlink()  # of an earlier session that has ended; one of a demo fleet has 70 MB
    lines = [f"{name} {value}" for name, value in _configuration(settings).items()]
    lines += _further_lines(settings)
    defaults = folder / "spark-defaults.conf"
    defaults.touch()
    defaults.chmod(0o600)  # the further lines may be an object store's keys
    defaults.write_text("\n".join(lines) + "\n")
    (folder / "log4j2.properties").write_text(LOG_SETTINGS)
    os.environ |= {
        "SPARK_CONF_DIR": str(folder),
        "SPARK_HOME": str(Path(spark.origin).parent),
        "SPARK_LOCAL_IP": _own_address(),
        "PYSPARK_PYTHON": sys.executable,
        "OMP_NUM_THREADS": "1",
    }


def events_dir(settings: Settings) -> Path:
    """Where Spark writes down which executor ran which task."""
    return settings.spark_dir / "events"


def _configuration(settings: Settings) -> dict[str, str]:
    """The settings on which the same results depend, and absolute places."""
    folder = settings.spark_dir
    # The stack is for regular expressions on lines with many quotes, see macros/raw_lines.sql.
    java = "-Duser.timezone=UTC -Xss16m"
    return {
        "spark.app.name": "arepas",
        "spark.master": settings.spark_master,
        "spark.driver.host": _own_address(),
        "spark.driver.bindAddress": _own_address(),
        "spark.driver.extraJavaOptions": f'{java} "-Dderby.system.home={folder}"',
        "spark.executor.extraJavaOptions": java,
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": events_dir(settings).as_uri(),
        "spark.sql.ansi.enabled": "false",
        # Spark 4.3 cannot read the tasks that it makes of some unions under a join.
        "spark.sql.codegen.wholeStage.union.enabled": "false",
        # Whole files travel to Python: not ten thousand at a time.
        "spark.sql.execution.arrow.maxBytesPerBatch": "64m",
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.sources.partitionOverwriteMode": "dynamic",
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
        ),
    }


def _further_lines(settings: Settings) -> list[str]:
    path = settings.spark_settings_file
    if path is None:
        return []
    try:
        return path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"SPARK_SETTINGS_FILE={path}: cannot be read ({error}); name a text file"
        ) from error


def _own_address() -> str:
    """The address under which executors reach the driver: loopback unless told otherwise."""
    return os.environ.get("SPARK_LOCAL_IP", "127.0.0.1")


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if java is None:
        raise InputError(
            f"no Java {'in JAVA_HOME=' + home if home else 'on the PATH'}; Spark needs Java"
            f" {OLDEST_JAVA} or newer: install it, or set JAVA_HOME"
        )
    # Java says its version on the error stream, after the options that its environment holds.
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    told = [line for line in said.splitlines() if not OPTIONS_LINE.match(line)]
    version = re.search(r'version "(?:1\.)?(\d+)', "\n".join(told))
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise InputError(
            f"{java} is {told[0] if told else 'no working Java'}; Spark needs Java"
            f" {OLDEST_JAVA} or newer: install it, or set JAVA_HOME"
        )
