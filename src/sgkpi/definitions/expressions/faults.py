"""A mistake in an expression: what is wrong, and where in its text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """The characters of an expression from `start` up to, not including, `end`."""

    start: int
    end: int


class ExpressionFault(Exception):
    """Why a text is no expression of ours; `start` and `end` mark the characters at fault."""

    def __init__(self, message: str, span: Span, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.start = span.start
        self.end = span.end
        self.code = code

    def shown_in(self, text: str) -> str:
        """The line of the expression that holds the fault, with carets under it."""
        start = min(self.start, len(text))
        first = text.rfind("\n", 0, start) + 1
        line = text[first:].partition("\n")[0].replace("\t", " ")
        width = max(1, min(self.end, first + len(line)) - start)
        return f"{line}\n{' ' * (start - first)}{'^' * width}"


class UncertainName(ExpressionFault):
    """A name whose own declaration is at fault; that is reported where it stands, and not again here."""
