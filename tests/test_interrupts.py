"""An interrupt comes after what must not be left half done, and is not lost."""

import signal
from threading import Thread

import pytest

from sgkpi.engines.duckdb.session.database import defer_interrupts


def test_ctrl_c_waits_for_the_end() -> None:
    done = []

    def work() -> None:
        with defer_interrupts():
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_fault_of_its_own_comes_first() -> None:
    def work() -> None:
        with defer_interrupts():
            signal.raise_signal(signal.SIGINT)
            raise ImportError

    with pytest.raises(ImportError):
        work()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_an_interrupt_nothing_happens() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with defer_interrupts():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_other_threads_hear_no_signals() -> None:
    seen = []

    def work() -> None:
        with defer_interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
