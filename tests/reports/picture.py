"""Pictures of a report, for the README: `python -m tests.reports.picture REPORT.html FOLDER`."""

import sys
from pathlib import Path

from tests.reports.tools import HERE, ToolMissing, chromium, node_modules, program, run

SECONDS = 120


def take_pictures(report: Path, folder: Path) -> None:
    """Write pictures of a report's beginning and of one indicator. Raises ToolMissing without a browser."""
    node = program(("node", "nodejs"), ("nodejs",))
    run([node, HERE / "picture.mjs", chromium(), report.resolve(), folder.resolve(), node_modules()], seconds=SECONDS)


def main(arguments: list[str]) -> str | None:
    """Return why there are no pictures; None if there are."""
    report, folder = map(Path, arguments)
    try:
        take_pictures(report, folder)
    except ToolMissing as missing:
        return str(missing)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
