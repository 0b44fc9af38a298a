"""What can go wrong that a person can mend, and the exit status that says so."""


class ArepasError(Exception):
    """A run that cannot go on; the message is one line: what, where, what to do."""

    exit_status = 1


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
    text = " ".join(str(error).split())
    return text if isinstance(error, ArepasError) else f"{type(error).__name__}: {text}"
