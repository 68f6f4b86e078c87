"""A mistake in an expression: what is wrong, and where in its text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Span:
    """The characters of an expression from `start` up to, not including, `end`."""

    start: int
    end: int


class ExpressionFault(Exception):
    """Why a text is no expression of ours; `start` and `end` mark the characters at fault.

    `others` are further faults of the same text that do not follow from this one.
    """

    def __init__(self, message: str, span: Span, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.start = span.start
        self.end = span.end
        self.code = code
        self.others: tuple[ExpressionFault, ...] = ()

    @property
    def every(self) -> "tuple[ExpressionFault, ...]":
        """This fault and the others, in the order in which they stand in the text."""
        return tuple(sorted((self, *self.others), key=lambda fault: (fault.start, fault.end)))

    def shown_in(self, text: str) -> str:
        """The line of the expression that holds the fault, with carets under it."""
        start = min(self.start, len(text))
        first = text.rfind("\n", 0, start) + 1
        line = text[first:].partition("\n")[0].replace("\t", " ")
        width = max(1, min(self.end, first + len(line)) - start)
        return f"{line}\n{' ' * (start - first)}{'^' * width}"


class UncertainName(ExpressionFault):
    """A name whose own declaration is at fault; that is reported where it stands, and not again here."""


def collect(parts: Iterable[Callable[[], T]]) -> list[T]:
    """What each of several parts gives, none of which rests on another; where some are at fault, all their faults."""
    results: list[T] = []
    faults: list[ExpressionFault] = []
    for part in parts:
        try:
            results.append(part())
        except ExpressionFault as fault:
            faults.extend(fault.every)
    if faults:
        raise together(faults)
    return results


def together(faults: Sequence[ExpressionFault]) -> ExpressionFault:
    """Several faults as one that carries the others: each once, and none that is reported elsewhere if it can be."""
    certain = [fault for fault in faults if not isinstance(fault, UncertainName)] or list(faults)
    alone = {(fault.message, fault.start, fault.end): fault for fault in certain}
    first, *rest = sorted(alone.values(), key=lambda fault: (fault.start, fault.end))
    first.others = tuple(rest)
    return first
