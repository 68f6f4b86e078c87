"""An overview as JSON: schema `sgkpi.show/1`. It names no case."""

import json
from datetime import date

from sgkpi import __version__
from sgkpi.answers.overview import Breakdown, OpenCases, Overview, Step, change, days_overdue
from sgkpi.definitions.english import explain_briefly
from sgkpi.figures.columns import Cell, figure_row, nearest
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import Outcome

SCHEMA = "sgkpi.show/1"
Record = dict[str, object]


def render_overview(overview: Overview) -> str:
    """The overview as one JSON object, with a newline at its end; figures are rows of the long table."""
    return json.dumps(_overview(overview), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _overview(overview: Overview) -> Record:
    return {
        "schema": SCHEMA,
        "sgkpi": __version__,
        **_provenance(overview.results),
        "indicator": _indicator(overview.indicator),
        "figure": _figure(overview.figure),
        "previous_month": _compared(overview, overview.previous),
        "same_month_last_year": _compared(overview, overview.last_year),
        "year_to_date": _figure(overview.year_to_date) if overview.year_to_date else None,
        "to_other_ratings": [_step(step) for step in overview.steps],
        "months": [_figure(each) for each in overview.history],
        "breakdowns": [_breakdown(each) for each in overview.breakdowns],
        "open": _open(overview.open_cases, overview),
        "reasons": _reasons(overview),
        "unplaced": {"blank": overview.unplaced.blank, "unreadable": overview.unplaced.unreadable},
    }


def _provenance(results: FigureSet) -> Record:
    tables = [
        {
            "table": each.table,
            "files": list(each.files),
            "rows": each.rows,
            "unreadable_cells": each.unreadable_cells,
        }
        for each in results.tables
    ]
    return {
        "as_of": results.as_of.isoformat(),
        "as_of_source": results.as_of_source.value,
        "extract": {"source": results.source, "tables": tables},
    }


def _indicator(indicator: Indicator) -> Record:
    return {
        "id": indicator.id,
        "title": indicator.title,
        "question": indicator.question,
        "theme": indicator.theme,
        "meaning": list(explain_briefly(indicator)),
        "basis": list(indicator.basis),
        "owner": indicator.owner,
        "review_by": indicator.review_by.isoformat() if indicator.review_by else None,
        "sha256": indicator.sha256,
    }


def _figure(figure: Figure) -> Record:
    return {name: _plain(cell) for name, cell in figure_row(figure).items()}


def _compared(overview: Overview, before: Figure | None) -> Record | None:
    """A figure of another month, and by how much the value has risen since (negative: fallen)."""
    if before is None:
        return None
    return {"change": nearest(change(overview.figure, before)), "figure": _figure(before)}


def _step(step: Step) -> Record:
    """`cases` is negative where they would have to be fewer."""
    return {"rating": step.rating.value, "cases": step.cases if step.more else -step.cases, "better": step.better}


def _breakdown(breakdown: Breakdown) -> Record:
    return {"breakdown": breakdown.name, "figures": [_figure(each.figure) for each in breakdown.categories]}


def _open(found: OpenCases | None, overview: Overview) -> Record | None:
    if found is None:
        return None
    oldest = found.oldest_due
    return {
        "since": str(found.since),
        "overdue": found.overdue,
        "oldest_due": oldest.isoformat() if oldest else None,
        "oldest_days": days_overdue(oldest, overview.results.as_of) if oldest else None,
        "overdue_without_due": found.without_due,
        "not_due": found.not_due,
    }


def _reasons(overview: Overview) -> list[Record]:
    return [
        {"outcome": outcome.value, "reason": reason, "cases": cases}
        for outcome in Outcome
        for reason, cases in overview.reasons(outcome)
    ]


def _plain(cell: Cell) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell
