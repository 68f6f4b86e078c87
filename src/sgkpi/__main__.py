"""The entry point, as `sgkpi` and as `python -m sgkpi`: whatever stops the program, it ends quietly and tidily."""

import gc
import signal
import sys
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
_OBJECTS_BETWEEN_COLLECTIONS = 1_000_000


def main() -> None:
    """Run the program; Ctrl-C ends it well even while its parts are being imported."""
    # Modules stay once they are imported: to look for garbage among them takes a twentieth of a short run.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        signal.signal(signal.SIGTERM, _end)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it may be ignored, as under nohup
            signal.signal(signal.SIGINT, _interrupt)
        from sgkpi.cli.main import run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


class _Interrupted(KeyboardInterrupt):
    """Ctrl-C.

    CPython dies of SIGINT at its exit where a plain KeyboardInterrupt was raised within `exec`, as when a dataclass
    is made, even if it was caught.
    """


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise _Interrupted


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Exit, so that temporary files are removed."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
