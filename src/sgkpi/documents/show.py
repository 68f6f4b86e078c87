"""The document of `show`: one indicator at a glance, for a manager who reads no manual."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import dropwhile
from typing import TYPE_CHECKING

from sgkpi.answers.overview import BreakdownFigures, Overview
from sgkpi.definitions.english import answers_in_words, explain_briefly
from sgkpi.definitions.wording import long_date, long_month
from sgkpi.documents import document as doc
from sgkpi.documents.bars import bar_scale
from sgkpi.documents.chance import benchmarks_in_words, settled_in_words, what_is_known
from sgkpi.documents.phrases import (
    PROVISIONAL_NOTE,
    UNKNOWN_NOTE,
    age_lines,
    cases_cell,
    caution_lines,
    marked_cell,
    provenance_lines,
    rating_cell,
    shown_breakdown,
    shown_category,
    unavailable_lines,
    value_cell,
    value_or_why,
)
from sgkpi.documents.sentences import comparisons, made_of, not_judged, open_cases, order_in_words, standing
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_count, show_target
from sgkpi.model.indicator import Indicator
from sgkpi.model.words import capitalized

if TYPE_CHECKING:
    from sgkpi.answers.published import LastPublished

_FEWEST_LEFT_OUT = 3  # months that are not covered, which a chart need not draw


def show_document(
    overview: Overview, today: date | None = None, published: "LastPublished | None" = None
) -> doc.Document:
    """Return the overview from the number down to where it comes from.

    `today` tells whether the extract is old, `published` what the latest snapshot says.
    """
    return doc.Document((*_figure(overview, today, published), *_background(overview)))


def _figure(overview: Overview, today: date | None, published: "LastPublished | None") -> Iterator[doc.Block]:
    indicator, figures, figure = overview.indicator, overview.figures, overview.figure
    yield doc.Title((f"{indicator.title} ({indicator.id})",), (indicator.question,) if indicator.question else ())
    yield doc.Headline(long_month(figure.period.last), value_or_why(figure), rating_cell(figure))
    warnings = (*caution_lines(figures.cautions), *age_lines(figures, today))
    first = f"{capitalized(made_of(overview, figure))}{settled_in_words(overview)}."
    yield doc.Paragraph((first, *what_is_known(overview), *standing(overview), *warnings))
    if published is not None and (restated := published.restated(figure)) is not None:
        from sgkpi.documents.ledgers import why_lines

        yield doc.Paragraph(tuple(why_lines(restated, figure)))
    yield doc.Paragraph(tuple(comparisons(overview)))
    if beside := tuple(benchmarks_in_words(overview)):
        yield doc.Heading("Published figures")
        yield doc.Paragraph(beside)
    yield doc.Heading("Twelve months")
    yield chart(overview.history)


def _background(overview: Overview) -> Iterator[doc.Block]:
    indicator = overview.indicator
    for breakdown in overview.breakdowns:
        if figures := breakdown.figures:
            order = order_in_words(figures)
            name = shown_breakdown(indicator, breakdown.name)
            yield doc.Heading(f"By {name}{order}")
            yield _table(breakdown, indicator, name)
    if overview.can_be_open:
        yield doc.Heading(f"Open on {long_date(overview.figures.as_of.date())}")
        yield doc.Paragraph(tuple(open_cases(overview)))
    if said := tuple(not_judged(overview)):
        yield doc.Heading(f"Behind the figure of {long_month(overview.figure.period.last)}")
        yield doc.Paragraph(said)
    yield doc.Heading("What it means")
    yield doc.Paragraph(tuple(explain_briefly(indicator)))
    yield doc.Heading("Where it comes from")
    basis = (f"- {each}" for each in indicator.basis)
    answers = filter(None, [answers_in_words(indicator)])
    owner = [f"Owner: {indicator.owner}"] if indicator.owner else []
    without = unavailable_lines((), overview.figures.unavailable_breakdowns)
    yield doc.Paragraph((*answers, *basis, *owner, *provenance_lines(overview.figures), *without))


def chart(history: Sequence[Figure]) -> doc.Chart:
    """Return months on one scale, on which every value and target has its place.

    Several months before the first that the extract covers are a note.
    """
    shown = list(dropwhile(lambda each: each.status is Status.NOT_COVERED, history))
    if len(history) - len(shown) < _FEWEST_LEFT_OUT or not shown:
        shown = list(history)
    points = tuple(map(_point, shown))
    known = [number for point in points for number in (point.value, point.target) if number is not None]
    least, greatest = bar_scale(known, history[0].quantity) if history else (Fraction(0), Fraction(0))
    notes = [PROVISIONAL_NOTE] if any(point.shown.provisional for point in points) else []
    notes += [UNKNOWN_NOTE] if any(point.shown.much_unknown for point in points) else []
    notes += [f"not covered by the extract before {points[0].label}"] if len(shown) < len(history) else []
    return doc.Chart(points, least, greatest, "; ".join(notes))


def _point(figure: Figure) -> doc.Point:
    """Return a month of the chart; its value is marked where many of its cases could not be judged."""
    return doc.Point(
        label=figure.period.label,
        value=figure.value,
        shown=marked_cell(figure),
        rated=rating_cell(figure),
        target=None if figure.target_green is None else Fraction(figure.target_green),
        shown_target=show_target(figure.target_green, figure.quantity),
    )


def _table(breakdown: BreakdownFigures, indicator: Indicator, name: str) -> doc.TableBlock:
    """Return the categories; a number that is nowhere above zero has no column."""
    figures, before = breakdown.figures, breakdown.previous
    counts = (
        doc.column(heading, counted, lambda count: show_count(count) if count else "", right=True)
        for heading, counted in (
            ("Overdue", [each.overdue for each in figures]),
            ("Not due", [each.not_due for each in figures]),
            ("Unknown", [each.unknown for each in figures]),
        )
    )
    others = [
        doc.column("Value", figures, value_cell, right=True),
        doc.column("Cases", figures, lambda each: "" if each.value is None else cases_cell(each), right=True),
        doc.column(
            "Month\nbefore",
            before,
            lambda each: value_or_why(each) if each and each.value is not None else "",
            right=True,
        ),
        doc.column("Rating", figures, rating_cell),
        *counts,
    ]
    names = tuple(shown_category(indicator, breakdown.name, each.category) for each in figures)
    return doc.TableBlock((doc.TableColumn(capitalized(name), names), *doc.filled(others)))
