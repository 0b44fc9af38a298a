"""What can go wrong that a person can mend, and the exit status that says so."""

LONGEST_LINE = 300


class ArepasError(Exception):
    """A run that cannot go on; the message is one short line: what, where, what to do."""

    exit_status = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(shortened(message))


class InputError(ArepasError):
    """Settings, arguments or raw files that cannot be used."""

    exit_status = 2


class UnreadableFileError(InputError):
    """One delivered file that cannot be read; the others can."""


class PartlyDoneError(ArepasError):
    """Some of what was asked for was done and written; the message names the rest."""

    exit_status = 3


def one_line(error: BaseException) -> str:
    """Say what went wrong in one line; what is no error of ours is named by its kind."""
    text = str(error) if isinstance(error, ArepasError) else f"{type(error).__name__}: {error}"
    return shortened(text)


def shortened(text: str) -> str:
    """Put a text on one line of at most 300 characters, cut in the middle.

    Other people's messages may hold a whole file; what to do about it stands at the end.
    """
    line = " ".join(text.split())
    if len(line) <= LONGEST_LINE:
        return line
    tail = LONGEST_LINE // 3
    return f"{line[: LONGEST_LINE - tail - 3]} … {line[-tail:]}"
