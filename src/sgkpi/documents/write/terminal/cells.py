"""What a figure says in the cells of a screen."""

from collections.abc import Sequence

from rich.text import Text

from sgkpi.documents.write.terminal.column import NEEDED, Column
from sgkpi.documents.write.terminal.text import printable
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import NOTHING, show_count, show_figure

PROVISIONAL_MARK = "*"
STYLES = {Rating.GREEN: "bold green", Rating.AMBER: "bold yellow", Rating.RED: "bold red", Rating.NOT_RATED: ""}
_WITHOUT_VALUE = {Status.NO_CASES: "no cases", Status.NOT_COVERED: "not covered"}


def text_column(heading: str, cells: Sequence[str], rank: int = NEEDED, *, right: bool = False) -> Column:
    """A column of cells without style."""
    return Column(heading, tuple(map(Text, cells)), rank, right)


def shown_title(figure: Figure) -> str:
    """The title; of a category, its breakdown and name, set in below the total."""
    if figure.breakdown is None:
        return figure.title
    return f"  {figure.breakdown}: {printable(figure.category or '')}"


def shown_value(figure: Figure) -> str:
    """The value, or why there is none."""
    return _WITHOUT_VALUE.get(figure.status, NOTHING) if figure.value is None else show_figure(figure)


def marked_value(figure: Figure) -> str:
    """The value, marked where it is provisional."""
    return shown_value(figure) + (PROVISIONAL_MARK if figure.status is Status.PROVISIONAL else "")


def shown_cases(figure: Figure) -> str:
    """`384/486`; for a median or maximum, which have no numerator, `of 486`; nothing for a count."""
    if figure.denominator is None:
        return ""
    if figure.numerator is None:
        return f"of {show_count(figure.denominator)}"
    return f"{show_count(figure.numerator)}/{show_count(figure.denominator)}"


def shown_rating(figure: Figure) -> str:
    """The rating in a word or two; `not firm` where cases that could not be judged might change it."""
    if figure.rating is Rating.NOT_RATED:
        return "not rated"
    return f"{figure.rating.value}, not firm" if figure.rating_firm is False else figure.rating.value


def rating_cell(figure: Figure) -> Text:
    """The rating as a word in its colour."""
    return Text(shown_rating(figure), style=STYLES[figure.rating])
