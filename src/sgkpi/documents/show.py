"""The document of `show`: one indicator, for a manager who reads no manual."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sgkpi.answers.overview import Breakdown, Overview
from sgkpi.definitions.english import explain_briefly
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents.document import (
    Block,
    Chart,
    Column,
    Document,
    Heading,
    Headline,
    Paragraph,
    Point,
    Table,
    Title,
    filled,
)
from sgkpi.documents.notes import PROVISIONAL_NOTE, provenance_lines
from sgkpi.documents.sentences import comparisons, made_of, not_judged, open_cases, standing
from sgkpi.documents.values import cases_cell, month_in_words, rating_cell, value_cell, value_or_why
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_count, show_target
from sgkpi.model.measures import Measure


def show_document(overview: Overview) -> Document:
    """The overview from the number down to where it comes from."""
    return Document(tuple(_blocks(overview)))


def _blocks(overview: Overview) -> Iterator[Block]:
    indicator, figure = overview.indicator, overview.figure
    month = month_in_words(figure.period.last)
    of = made_of(overview, figure)
    yield Title((f"{indicator.title} ({indicator.id})",), (indicator.question,) if indicator.question else ())
    yield Headline(month, value_or_why(figure), rating_cell(figure))
    yield Paragraph((f"{of[0].upper()}{of[1:]}{_provisional(overview)}.", *standing(overview)))
    yield Paragraph(tuple(comparisons(overview)))
    yield Heading("Twelve months")
    yield chart(overview.history)
    for breakdown in overview.breakdowns:
        if breakdown.categories:
            yield Heading(f"By {words(breakdown.name)}{_order(breakdown)}")
            yield _table(breakdown)
    if overview.can_be_open:
        yield Heading(f"Open on {long_date(overview.results.as_of.date())}")
        yield Paragraph(tuple(open_cases(overview)))
    if said := tuple(not_judged(overview)):
        yield Heading(f"Behind the figure of {month}")
        yield Paragraph(said)
    yield Heading("What it means")
    yield Paragraph(tuple(explain_briefly(indicator)))
    yield Heading("Where it comes from")
    basis = (f"- {each}" for each in indicator.basis)
    owner = [f"Owner: {indicator.owner}"] if indicator.owner else []
    yield Paragraph((*basis, *owner, *provenance_lines(overview.results)))


def _provisional(overview: Overview) -> str:
    if overview.figure.status is not Status.PROVISIONAL:
        return ""
    why = "some cases are not due yet" if overview.has_ended else "the month had not ended"
    return f" (provisional: {why})"


def chart(history: Sequence[Figure]) -> Chart:
    """Months on one scale: that of shares to 100%, any other to the greatest value or target."""
    points = tuple(map(_point, history))
    known = [number for point in points for number in (point.value, point.target) if number is not None]
    is_share = bool(history) and history[0].measure is Measure.PROPORTION
    provisional = any(point.shown.provisional for point in points)
    greatest = Fraction(1) if is_share else max(known, default=Fraction(0))
    return Chart(points, greatest, PROVISIONAL_NOTE if provisional else "")


def _point(figure: Figure) -> Point:
    return Point(
        label=figure.period.label,
        value=figure.value,
        shown=value_cell(figure),
        rated=rating_cell(figure),
        target=None if figure.target_green is None else Fraction(figure.target_green),
        shown_target=show_target(figure.target_green, figure.measure),
    )


def _order(breakdown: Breakdown) -> str:
    rated = breakdown.categories[0].figure.improvement.value != "none"
    return ", the worst first" if rated and len(breakdown.categories) > 1 else ""


def _table(breakdown: Breakdown) -> Table:
    """The categories; what is nowhere above zero has no column."""
    figures = [each.figure for each in breakdown.categories]
    before = [each.previous for each in breakdown.categories]
    others = [
        Column("Value", tuple(map(value_cell, figures)), right=True),
        Column("Cases", tuple(cases_cell(each) if each.value is not None else "" for each in figures), right=True),
        Column(
            "Month\nbefore",
            tuple("" if each is None or each.value is None else value_or_why(each) for each in before),
            right=True,
        ),
        Column("Rating", tuple(map(rating_cell, figures))),
        Column("Overdue", tuple(_above_zero(each.overdue) for each in figures), right=True),
        Column("Not due", tuple(_above_zero(each.not_due) for each in figures), right=True),
        Column("Unknown", tuple(_above_zero(each.unknown) for each in figures), right=True),
    ]
    name = words(breakdown.name).capitalize()
    return Table((Column(name, tuple(each.category or "" for each in figures)), *filled(others)))


def _above_zero(count: int | None) -> str:
    return show_count(count) if count else ""
