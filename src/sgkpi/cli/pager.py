"""A pager for screens that are longer than the terminal, chosen as git chooses it: PAGER, else `less -FRX`."""

import os
import shlex
import shutil
import signal
import subprocess
from typing import TextIO

from sgkpi.cli.streams import fit_encoding, stdout

PAGER = "PAGER"
_NONE = ("", "cat")


def show_in_pager(text: str) -> bool:
    """Show text in the user's pager; False where none is wanted, needed or there, and nothing has been shown."""
    stream = stdout()
    if stream is None or not _is_real_terminal(stream) or text.count("\n") < shutil.get_terminal_size().lines:
        return False
    wanted = os.environ.get(PAGER, "less").strip()
    if wanted in _NONE or os.environ.get("TERM") == "dumb":
        return False
    environment = {"LESS": "FRX", **os.environ}
    encoding = stream.encoding or "utf-8"
    content = fit_encoding(text, encoding).encode(encoding)
    before = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the pager
    try:
        subprocess.run(shlex.split(wanted), input=content, env=environment, check=False)  # noqa: S603 - the user's own
    except (OSError, ValueError):  # no such program, or quotation marks that do not match
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _is_real_terminal(stream: TextIO) -> bool:
    """Return whether a stream is the terminal that a pager would write to."""
    try:
        return os.isatty(stream.fileno())
    except OSError:
        return False
