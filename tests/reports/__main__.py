"""Reads reports as their readers do: `python -m tests.reports`, which `make check-reports` runs.

It writes the reports of the sample and pages with hostile names, and reads them with a browser, at three widths, in
forced colours and on paper; their workbooks it reads with LibreOffice. What it needs and cannot have is a failure, like
a fault: nothing is skipped.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.reports.browser import browser_faults
from tests.reports.office import office_faults
from tests.reports.pages import write_pages
from tests.reports.planted import NAME, overlooked, planted_html
from tests.reports.tools import FOLDER, ToolMissing

CHECKS: tuple[Callable[[Path], Iterator[str]], ...] = (browser_faults, office_faults)


def main() -> int:
    """Print every fault; return 1 if there is one."""
    started = time.monotonic()
    pages = FOLDER / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    names = write_pages(pages)
    (pages / NAME).write_bytes(planted_html())
    found: list[str] = []
    missing: list[str] = []
    for check in CHECKS:
        try:
            found += check(pages)
        except ToolMissing as tool:
            missing.append(str(tool))
    faults = [*(fault for fault in found if not fault.startswith(NAME)), *(missing or overlooked(found))]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(names)} reports read in {time.monotonic() - started:.0f} s: {len(faults) or 'no'} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
