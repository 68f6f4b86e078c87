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
        from sgkpi.cli.main import run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Exit, so that temporary files are removed."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
