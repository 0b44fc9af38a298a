"""What can go wrong that a person can mend, and the exit status that says so."""

import re
from collections.abc import Sequence

LONGEST_LINE = 300
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
# Up to the last @ of a word: what stands before it may hold any character, a slash or an @ too.
USER_INFO = re.compile(r"(?<=://)\S*@")
SECRET_ARGUMENT = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|credentials?|sig(?:nature)?)"
    r"(?:\s?=\s?|['\"]\s?:\s?(?=['\"])))(?:'[^']*'|\"[^\"]*\"|[^\s&;,)'\"])+"
)


def hide_user_info(text: str) -> str:
    """Take names and passwords out of the addresses in a text."""
    return USER_INFO.sub("***@", text)


def without_secrets(text: str) -> str:
    """Take out of a text what is nobody else's business: user information, passwords, tokens.

    Every message of ours passes through here, whatever library's words it holds: `ArepasError`,
    the run's record and the log lines see to that.
    """
    return SECRET_ARGUMENT.sub(r"\1***", hide_user_info(text))


def without_controls(text: str) -> str:
    r"""Write the control characters of a text, line feeds too, as `\x0a`."""
    return CONTROL_CHARACTER.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class ArepasError(Exception):
    """A run that cannot go on; the message is one short line: what, where, what to do."""

    exit_status = 1

    def __init__(self, *messages: str) -> None:
        """Each message is cut by itself, so that many of them are all told."""
        super().__init__("; ".join(shortened(message) for message in messages))


class InputError(ArepasError):
    """Settings, arguments or raw files that cannot be used."""

    exit_status = 2


class NoSuchMorningError(InputError):
    """A past morning of which nothing can be said: no readings lie before it."""


class UnreadableFileError(InputError):
    """One delivered file that cannot be read; the others can."""


class DamagedWarehouseError(ArepasError):
    """The warehouse's file is not what was written; `make restore` is the way back."""


class UnreachableRegistryError(ArepasError):
    """The model registry does not answer, or not in time."""


class PartlyDoneError(ArepasError):
    """Some of what was asked for was done and written; the message names the rest."""

    exit_status = 3


def counted(count: int, one: str) -> str:
    """Write a count with what is counted, named as one of it: `1 machine`, `2 machines`."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def describe_unknown(name: str, asked: str, known: Sequence[str], what: str) -> str | None:
    """Say that an argument, such as KITCHEN, names none of those that there are, and which.

    None where it names one. What would be a "such kitchen".
    """
    if asked in known:
        return None
    there_are = f"there are {', '.join(known)}" if known else "there is none yet"
    return f"{name}={asked}: no {what}; {there_are}"


def one_line(error: BaseException) -> str:
    """Say what went wrong in one line, without secrets; what is no error of ours, by its kind."""
    if isinstance(error, ArepasError):
        return str(error)
    text = str(error)
    return shortened(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def shortened(text: str) -> str:
    """Put a text without its secrets on one line of at most 300 characters, cut in the middle.

    Other people's messages may hold a whole file; what to do about it stands at the end.
    """
    line = " ".join(without_secrets(text).split())
    if len(line) <= LONGEST_LINE:
        return line
    tail = LONGEST_LINE // 3
    return f"{line[: LONGEST_LINE - tail - 3]} … {line[-tail:]}"
