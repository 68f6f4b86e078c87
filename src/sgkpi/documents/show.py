"""One indicator at a glance, for a manager who reads no manual: a document, and records (schema `sgkpi.show/1`)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sgkpi.answers.overview import Breakdown, Overview, change, days_overdue
from sgkpi.definitions.english import explain_briefly
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents import document as doc
from sgkpi.documents.figures import about_figures, figure_table, tables_read
from sgkpi.documents.notes import PROVISIONAL_NOTE, provenance_lines
from sgkpi.documents.records import Json, Records, json_head, members
from sgkpi.documents.sentences import comparisons, made_of, not_judged, open_cases, standing
from sgkpi.documents.values import cases_cell, month_in_words, rating_cell, value_cell, value_or_why
from sgkpi.figures.columns import figure_row, nearest
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_count, show_target
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome

SCHEMA = "sgkpi.show/1"


def show_document(overview: Overview) -> doc.Document:
    """Return the overview from the number down to where it comes from."""
    return doc.Document((*_figure(overview), *_background(overview)))


def _figure(overview: Overview) -> Iterator[doc.Block]:
    indicator, figure = overview.indicator, overview.figure
    of, provisional = made_of(overview, figure), ""
    if figure.status is Status.PROVISIONAL:
        why = "some cases are not due yet" if overview.has_ended else "the month had not ended"
        provisional = f" (provisional: {why})"
    yield doc.Title((f"{indicator.title} ({indicator.id})",), (indicator.question,) if indicator.question else ())
    yield doc.Headline(month_in_words(figure.period.last), value_or_why(figure), rating_cell(figure))
    yield doc.Paragraph((f"{of[0].upper()}{of[1:]}{provisional}.", *standing(overview)))
    yield doc.Paragraph(tuple(comparisons(overview)))
    yield doc.Heading("Twelve months")
    yield chart(overview.history)


def _background(overview: Overview) -> Iterator[doc.Block]:
    indicator = overview.indicator
    for breakdown in overview.breakdowns:
        if categories := breakdown.categories:
            is_rated = categories[0].figure.improvement.value != "none"
            order = ", the worst first" if is_rated and len(categories) > 1 else ""
            yield doc.Heading(f"By {words(breakdown.name)}{order}")
            yield _table(breakdown)
    if overview.can_be_open:
        yield doc.Heading(f"Open on {long_date(overview.figures.as_of.date())}")
        yield doc.Paragraph(tuple(open_cases(overview)))
    if said := tuple(not_judged(overview)):
        yield doc.Heading(f"Behind the figure of {month_in_words(overview.figure.period.last)}")
        yield doc.Paragraph(said)
    yield doc.Heading("What it means")
    yield doc.Paragraph(tuple(explain_briefly(indicator)))
    yield doc.Heading("Where it comes from")
    basis = (f"- {each}" for each in indicator.basis)
    owner = [f"Owner: {indicator.owner}"] if indicator.owner else []
    yield doc.Paragraph((*basis, *owner, *provenance_lines(overview.figures)))


def chart(history: Sequence[Figure]) -> doc.Chart:
    """Return months on one scale: that of shares to 100%, any other to the greatest value or target."""
    points = tuple(map(_point, history))
    known = [number for point in points for number in (point.value, point.target) if number is not None]
    is_share = bool(history) and history[0].measure is Measure.PROPORTION
    provisional = any(point.shown.provisional for point in points)
    greatest = Fraction(1) if is_share else max(known, default=Fraction(0))
    return doc.Chart(points, greatest, PROVISIONAL_NOTE if provisional else "")


def _point(figure: Figure) -> doc.Point:
    return doc.Point(
        label=figure.period.label,
        value=figure.value,
        shown=value_cell(figure),
        rated=rating_cell(figure),
        target=None if figure.target_green is None else Fraction(figure.target_green),
        shown_target=show_target(figure.target_green, figure.measure),
    )


def _table(breakdown: Breakdown) -> doc.TableBlock:
    """Return the categories; a number that is nowhere above zero has no column."""
    figures = [each.figure for each in breakdown.categories]
    before = [each.previous for each in breakdown.categories]
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
        doc.column("Month\nbefore", before, _value_if_any, right=True),
        doc.column("Rating", figures, rating_cell),
        *counts,
    ]
    names = doc.column(words(breakdown.name).capitalize(), figures, lambda each: each.category or "")
    return doc.TableBlock((names, *doc.filled(others)))


def _value_if_any(figure: Figure | None) -> str:
    return "" if figure is None or figure.value is None else value_or_why(figure)


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
    figures, indicator = overview.figures, overview.indicator
    return {
        **json_head(SCHEMA, figures),
        "extract": {"source": figures.source, "tables": tables_read(figures)},
        "indicator": {
            **members(indicator, "id", "title", "question", "theme"),
            "meaning": list(explain_briefly(indicator)),
            "basis": list(indicator.basis),
            **members(indicator, "owner", "review_by", "sha256"),
        },
        "figure": figure_row(overview.figure),
        "previous_month": _compared(overview, overview.previous),
        "same_month_last_year": _compared(overview, overview.last_year),
        "year_to_date": figure_row(overview.year_to_date) if overview.year_to_date else None,
        "to_other_ratings": [  # `cases` is negative where they would have to be fewer
            {"rating": each.rating.value, "cases": each.cases if each.more else -each.cases, "better": each.better}
            for each in overview.steps
        ],
        "months": list(map(figure_row, overview.history)),
        "breakdowns": [
            {"breakdown": each.name, "figures": [figure_row(category.figure) for category in each.categories]}
            for each in overview.breakdowns
        ],
        "open": _open(overview),
        "reasons": [
            {"outcome": outcome.value, "reason": reason, "cases": cases}
            for outcome in Outcome
            for reason, cases in overview.reasons(outcome)
        ],
        "unplaced": members(overview.unplaced, "blank", "unreadable"),
    }


def _compared(overview: Overview, before: Figure | None) -> Json | None:
    """Return a figure of another month, and by how much the value has risen since (negative: fallen)."""
    if before is None:
        return None
    return {"change": nearest(change(overview.figure, before)), "figure": figure_row(before)}


def _open(overview: Overview) -> Json | None:
    found = overview.open_cases
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
