"""The entry point, as `sgkpi` and as `python -m sgkpi`: whatever stops the program, it ends quietly and tidily."""

import gc
import sys

from sgkpi.cli import signals

_OBJECTS_BETWEEN_COLLECTIONS = 2_000_000  # the workbook of a board of 159 indicators makes more than half of them


def main() -> None:
    """Run the program; a signal ends it well even while its parts are being imported."""
    # Modules stay once they are imported: to look for garbage among them takes a twentieth of a short run.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        signals.end_well()
        from sgkpi.cli.main import run

        gc.freeze()
        run()
    except KeyboardInterrupt:
        sys.exit(signals.INTERRUPTED)
    except BaseException:
        if (code := signals.exit_code()) is not None:
            sys.exit(code)
        raise
    finally:
        # Python would look through everything once more: a tenth of the time of a short run.
        gc.disable()


if __name__ == "__main__":
    main()
