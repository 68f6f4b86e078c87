"""A progress bar on stderr, for reading that takes longer than a moment."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

from sgkpi.cli.streams import is_quiet, is_terminal, plain_is_set, stderr

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_SECONDS = 0.7


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None] | None]:
    """Yield a function that takes how much is done, in per cent.

    Yield None, and show nothing, with `--quiet`, if stderr is not a terminal, or if NO_COLOR or SGKPI_PLAIN asks for
    plain text: a bar cannot be drawn without control codes.
    """
    if is_quiet() or not is_terminal(stderr()) or os.environ.get("NO_COLOR") or plain_is_set():
        yield None
        return
    bar = _Bar(label)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    """A bar that appears only after a moment, and is removed at the end.

    It pulses until `advance` is called: some work cannot say how much is done.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.progress: Progress | None = None
        self.timer = Timer(PATIENCE_SECONDS, self._start)
        self.timer.daemon = True
        self.timer.start()

    def advance(self, per_cent: float) -> None:
        if self.progress is not None:
            self.progress.update(self.progress.task_ids[0], completed=per_cent, total=100.0)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        progress = Progress(console=Console(stderr=True), transient=True)
        progress.add_task(self.label, total=None)
        progress.start()
        self.progress = progress

    def close(self) -> None:
        self.timer.cancel()
        self.timer.join()  # it may be drawing
        if self.progress is not None:
            self.progress.stop()
