"""Signals that end the program: it ends quietly and tidily, whatever it was doing."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
_AGAIN_AFTER = 0.05
_received: list[int] = []


class Interrupted(KeyboardInterrupt):
    """Ctrl-C.

    CPython dies of SIGINT at its exit where a plain KeyboardInterrupt was raised within `exec`, as when a dataclass
    is made, even if it was caught.
    """


class Ended(SystemExit):
    """SIGTERM, or SIGHUP when a terminal is closed: an exit, so that temporary files are removed."""


def end_well() -> None:
    """Raise an exception for each signal that would end the program, but for those that it was started to ignore."""
    for name, plain in (
        ("SIGINT", signal.default_int_handler),
        ("SIGTERM", signal.SIG_DFL),
        ("SIGHUP", signal.SIG_DFL),
    ):
        number = getattr(signal, name, None)  # Windows knows no SIGHUP
        if number is not None and signal.getsignal(number) is plain:  # under nohup it is ignored
            signal.signal(number, _end)
    sys.unraisablehook = _send_again


def exit_code() -> int | None:
    """Return the exit code of the signal that was received first; None if there was none.

    Whatever is raised after it comes from it: a library that is interrupted while it is imported raises what it likes.
    """
    return 128 + _received[0] if _received else None


def _end(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    if number == signal.SIGINT:
        raise Interrupted
    raise Ended(128 + number)


def _send_again(found: "sys.UnraisableHookArgs") -> None:
    """Send a signal again whose exception Python can only ignore, as it was raised in a finaliser."""
    if isinstance(found.exc_value, Interrupted | Ended):
        from threading import Timer

        Timer(_AGAIN_AFTER, os.kill, (os.getpid(), _received[-1])).start()
    else:
        sys.__unraisablehook__(found)
