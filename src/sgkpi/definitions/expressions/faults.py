"""Mistakes in expressions, each with its place in the text."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
Span = tuple[int, int]  # the characters from the first number up to, not including, the second


class ExpressionFault(Exception):
    """A mistake in an expression; `start` and `end` mark the characters at fault.

    `others` are further mistakes in the same text that do not follow from this one. `inside` shows the mistake in a
    shared condition that is used there.
    """

    def __init__(self, message: str, span: Span, code: str, inside: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start, self.end = span
        self.code = code
        self.inside = inside
        self.others: tuple[ExpressionFault, ...] = ()

    @property
    def every(self) -> "tuple[ExpressionFault, ...]":
        """This fault and the others, in the order of the text."""
        return tuple(sorted((self, *self.others), key=lambda fault: (fault.start, fault.end)))

    def shown_in(self, text: str) -> str:
        """Return the line of the expression that has the fault, with carets under it."""
        start = min(self.start, len(text))
        first = text.rfind("\n", 0, start) + 1
        line = text[first:].partition("\n")[0].replace("\t", " ")
        width = max(1, min(self.end, first + len(line)) - start)
        shown = f"{line}\n{' ' * (start - first)}{'^' * width}"
        return f"{shown}\n{self.inside}" if self.inside else shown


class UncertainName(ExpressionFault):
    """A name whose declaration is wrong, which is reported there and not again where it is used."""


def collect(parts: Iterable[Callable[[], T]]) -> list[T]:
    """Return the results of independent parts; if some raise ExpressionFault, raise all their faults together."""
    results: list[T] = []
    faults: list[ExpressionFault] = []
    for part in parts:
        try:
            results.append(part())
        except ExpressionFault as fault:
            faults.extend(fault.every)
    if faults:
        raise combine(faults)
    return results


def combine(faults: Sequence[ExpressionFault]) -> ExpressionFault:
    """Combine several faults into one that carries the others, each once; drop those that are reported elsewhere."""
    certain = [fault for fault in faults if not isinstance(fault, UncertainName)] or list(faults)
    alone = {(fault.message, fault.start, fault.end): fault for fault in certain}
    first, *rest = sorted(alone.values(), key=lambda fault: (fault.start, fault.end))
    first.others = tuple(rest)
    return first
