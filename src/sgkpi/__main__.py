"""The program's way in, as `sgkpi` and as `python -m sgkpi`: whatever stops it, it ends quietly and tidily."""

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
# As many objects as take up some hundred megabytes.
_OBJECTS_BETWEEN_LOOKS = 1_000_000


def main() -> None:
    """Run the program; Ctrl-C ends it well even while its parts are being imported."""
    # What is imported stays, and to look for garbage among it takes a twentieth of a short run.
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    ending = _Ending()
    atexit.register(ending.leave)  # registered first, it is called last
    try:
        signal.signal(signal.SIGTERM, _end)
        from sgkpi.cli.main import run

        run()
    except KeyboardInterrupt:
        ending.code = INTERRUPTED
        sys.exit(INTERRUPTED)
    except SystemExit as leaving:
        ending.code = leaving.code
        raise
    finally:
        # An interrupt within `exec`, as when a dataclass is made, would make Python die of it however it is met.
        eval("None")  # noqa: S307 - a new evaluation is what clears its mind


def _end(_signal: int, _frame: FrameType | None) -> None:
    """An ending, and not a death: temporary files are taken away."""
    sys.exit(TERMINATED)


class _Ending:
    """How the program ends, once that is known."""

    def __init__(self) -> None:
        self.code: object = None

    def leave(self) -> None:
        """Leave at once when all is put away: to take every module apart takes Python a tenth of a short run.

        What others have registered with `atexit` before the program began is not heard.
        """
        with suppress(OSError, ValueError):  # what cannot be written is told, as ever, by Python
            if isinstance(self.code, int):
                for stream in (sys.stdout, sys.stderr):
                    if stream is not None:
                        stream.flush()
                os._exit(self.code)


if __name__ == "__main__":
    main()
