"""The program's way in, as `sgkpi` and as `python -m sgkpi`: whatever stops it, it ends quietly and tidily."""

import gc
import signal
import sys
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
# As many objects as take up some hundred megabytes.
_OBJECTS_BETWEEN_LOOKS = 1_000_000


def main() -> None:
    """Run the program; Ctrl-C ends it well even while its parts are being imported."""
    # What is imported stays, and to look for garbage among it takes a twentieth of a short run.
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    try:
        signal.signal(signal.SIGTERM, _end)
        from sgkpi.cli.main import run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        # An interrupt within `exec`, as when a dataclass is made, would make Python die of it however it is met.
        eval("None")  # noqa: S307 - a new evaluation is what clears its mind
        # What is left goes with the process; to look through all of it once more takes a tenth of a short run.
        gc.freeze()


def _end(_signal: int, _frame: FrameType | None) -> None:
    """An ending, and not a death: temporary files are taken away."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
