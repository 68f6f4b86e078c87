"""One indicator at a glance as data (schema `sgkpi.show/1`). It names no case."""

from sgkpi.answers.overview import Breakdown, OpenCases, Overview, Step, change, days_overdue
from sgkpi.definitions.english import explain_briefly
from sgkpi.documents.figures import about_figures, figure_table
from sgkpi.documents.records import Json, Records, json_head
from sgkpi.figures.columns import figure_row, nearest
from sgkpi.figures.figure import Figure
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import Outcome

SCHEMA = "sgkpi.show/1"


def show_records(overview: Overview) -> Records:
    """Return the figures that the overview shows, each once, as rows of the long table."""
    compared = (overview.last_year, overview.year_to_date)
    figures = [*overview.history, *(each for each in compared if each is not None)]
    figures += [each.figure for breakdown in overview.breakdowns for each in breakdown.categories]
    return Records(
        table=figure_table(dict.fromkeys(figures)),
        json=lambda: _json(overview),
        text=tuple,
        about=about_figures(overview.results),
    )


def _json(overview: Overview) -> Json:
    results = overview.results
    tables = [
        {"table": each.table, "files": list(each.files), "rows": each.rows, "unreadable_cells": each.unreadable_cells}
        for each in results.tables
    ]
    return {
        **json_head(SCHEMA, results),
        "extract": {"source": results.source, "tables": tables},
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
        "oldest_days": days_overdue(oldest, overview.results.as_of) if oldest else None,
        "overdue_without_due": found.without_due,
        "not_due": found.not_due,
    }
