"""One indicator at a glance, for a manager who reads no manual: a document, and records (schema `sgkpi.show/1`)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sgkpi.answers.overview import Breakdown, OpenCases, Overview, Step, change, days_overdue
from sgkpi.definitions.english import explain_briefly
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents.document import (
    Block,
    Chart,
    Document,
    Heading,
    Headline,
    Paragraph,
    Point,
    TableBlock,
    TableColumn,
    Title,
    filled,
)
from sgkpi.documents.figures import about_figures, figure_table, tables_read
from sgkpi.documents.notes import PROVISIONAL_NOTE, provenance_lines
from sgkpi.documents.records import Json, Records, json_head
from sgkpi.documents.sentences import comparisons, made_of, not_judged, open_cases, standing
from sgkpi.documents.values import cases_cell, month_in_words, rating_cell, value_cell, value_or_why
from sgkpi.figures.columns import figure_row, nearest
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_count, show_target
from sgkpi.model.indicator import Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome

SCHEMA = "sgkpi.show/1"


def show_document(overview: Overview) -> Document:
    """Return the overview from the number down to where it comes from."""
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
        yield Heading(f"Open on {long_date(overview.figures.as_of.date())}")
        yield Paragraph(tuple(open_cases(overview)))
    if said := tuple(not_judged(overview)):
        yield Heading(f"Behind the figure of {month}")
        yield Paragraph(said)
    yield Heading("What it means")
    yield Paragraph(tuple(explain_briefly(indicator)))
    yield Heading("Where it comes from")
    basis = (f"- {each}" for each in indicator.basis)
    owner = [f"Owner: {indicator.owner}"] if indicator.owner else []
    yield Paragraph((*basis, *owner, *provenance_lines(overview.figures)))


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


def _table(breakdown: Breakdown) -> TableBlock:
    """Return the categories; what is nowhere above zero has no column."""
    figures = [each.figure for each in breakdown.categories]
    before = [each.previous for each in breakdown.categories]
    others = [
        TableColumn("Value", tuple(map(value_cell, figures)), right=True),
        TableColumn("Cases", tuple(cases_cell(each) if each.value is not None else "" for each in figures), right=True),
        TableColumn(
            "Month\nbefore",
            tuple("" if each is None or each.value is None else value_or_why(each) for each in before),
            right=True,
        ),
        TableColumn("Rating", tuple(map(rating_cell, figures))),
        TableColumn("Overdue", tuple(_above_zero(each.overdue) for each in figures), right=True),
        TableColumn("Not due", tuple(_above_zero(each.not_due) for each in figures), right=True),
        TableColumn("Unknown", tuple(_above_zero(each.unknown) for each in figures), right=True),
    ]
    name = words(breakdown.name).capitalize()
    return TableBlock((TableColumn(name, tuple(each.category or "" for each in figures)), *filled(others)))


def _above_zero(count: int | None) -> str:
    return show_count(count) if count else ""


def show_records(overview: Overview) -> Records:
    """Return the figures that the overview shows, each once, as rows of the long table."""
    compared = (overview.last_year, overview.year_to_date)
    figures = [*overview.history, *(each for each in compared if each is not None)]
    figures += [each.figure for breakdown in overview.breakdowns for each in breakdown.categories]
    return Records(
        table=figure_table(dict.fromkeys(figures)),
        json=lambda: _json(overview),
        text=tuple,
        about=about_figures(overview.figures),
    )


def _json(overview: Overview) -> Json:
    results = overview.figures
    return {
        **json_head(SCHEMA, results),
        "extract": {"source": results.source, "tables": tables_read(results)},
        "indicator": _indicator(overview.indicator),
        "figure": figure_row(overview.figure),
        "previous_month": _compared(overview, overview.previous),
        "same_month_last_year": _compared(overview, overview.last_year),
        "year_to_date": figure_row(overview.year_to_date) if overview.year_to_date else None,
        "to_other_ratings": list(map(_step, overview.steps)),
        "months": list(map(figure_row, overview.history)),
        "breakdowns": list(map(_breakdown, overview.breakdowns)),
        "open": _open(overview.open_cases, overview),
        "reasons": [
            {"outcome": outcome.value, "reason": reason, "cases": cases}
            for outcome in Outcome
            for reason, cases in overview.reasons(outcome)
        ],
        "unplaced": {"blank": overview.unplaced.blank, "unreadable": overview.unplaced.unreadable},
    }


def _indicator(indicator: Indicator) -> Json:
    return {
        "id": indicator.id,
        "title": indicator.title,
        "question": indicator.question,
        "theme": indicator.theme,
        "meaning": list(explain_briefly(indicator)),
        "basis": list(indicator.basis),
        "owner": indicator.owner,
        "review_by": indicator.review_by,
        "sha256": indicator.sha256,
    }


def _compared(overview: Overview, before: Figure | None) -> Json | None:
    """Return a figure of another month, and by how much the value has risen since (negative: fallen)."""
    if before is None:
        return None
    return {"change": nearest(change(overview.figure, before)), "figure": figure_row(before)}


def _step(step: Step) -> Json:
    """Return a step; `cases` is negative where they would have to be fewer."""
    return {"rating": step.rating.value, "cases": step.cases if step.more else -step.cases, "better": step.better}


def _breakdown(breakdown: Breakdown) -> Json:
    return {"breakdown": breakdown.name, "figures": [figure_row(each.figure) for each in breakdown.categories]}


def _open(found: OpenCases | None, overview: Overview) -> Json | None:
    if found is None:
        return None
    oldest = found.oldest_due
    return {
        "since": str(found.since),
        "overdue": found.overdue,
        "oldest_due": oldest,
        "oldest_days": days_overdue(oldest, overview.figures.as_of) if oldest else None,
        "overdue_without_due": found.without_due,
        "not_due": found.not_due,
    }
