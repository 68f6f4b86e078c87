"""Defer SIGINT and SIGTERM during a block that must not be interrupted."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def defer_interrupts() -> Iterator[None]:
    """Do what must not be left half done, and heed an interrupt only after it.

    A library in C that is interrupted while it is imported may take the whole process with it. Signals come to
    the main thread alone, so in others there is nothing to put off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    known = {number: handler for number, handler in before.items() if handler is not None}
    for number in known:
        signal.signal(number, lambda number, _frame: heard.append(number))
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
    for heard_number in heard:
        signal.raise_signal(heard_number)
