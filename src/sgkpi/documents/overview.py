"""One indicator at a glance as records (schema `sgkpi.show/1`)."""

from sgkpi.answers.benchmarks import BesideBenchmark
from sgkpi.answers.overview import Overview, change, days_overdue
from sgkpi.definitions.english import explain_briefly
from sgkpi.documents.figures import about_figures, figure_table, tables_read
from sgkpi.documents.records import (
    Json,
    Lines,
    RecordColumn,
    Records,
    RecordTable,
    category_columns,
    json_head,
    limits,
    members,
    text_columns,
)
from sgkpi.figures.columns import Cell, figure_row, nearest
from sgkpi.figures.figure import Figure
from sgkpi.model.expressions import Kind
from sgkpi.model.outcomes import Outcome

SCHEMA = "sgkpi.show/1"
BENCHMARK_COLUMNS = (
    *category_columns("area", "period_kind", "period"),
    RecordColumn("value", Kind.NUMBER, of_measure=True),
    *text_columns("source", "differs", "note"),
    *(RecordColumn(name, Kind.NUMBER, of_measure=True) for name in ("own_value", "interval_lower", "interval_upper")),
    *category_columns("comparison"),
)


def show_records(overview: Overview) -> Records:
    """Return the figures that the overview shows, each once, as rows of the long table."""
    compared = (overview.last_year, overview.year_to_date)
    figures = [*overview.history, *(each for each in compared if each is not None)]
    figures += [each for breakdown in overview.breakdowns for each in breakdown.figures]
    return Records(
        table=figure_table(dict.fromkeys(figures)),
        json=lambda: _json(overview),
        further=(_benchmarks(overview),) if overview.benchmarks else (),
        about=about_figures(overview.figures),
    )


def _benchmarks(overview: Overview) -> RecordTable:
    measured = {name: figure_row(overview.figure)[name] for name in ("measure", "unit")}
    rows = tuple({**_beside(each), **measured} for each in overview.benchmarks)
    return RecordTable("benchmarks", BENCHMARK_COLUMNS, rows, lambda *_: 1)


def _json(overview: Overview) -> Json:
    figures, indicator, movements = overview.figures, overview.indicator, overview.movements
    answers = indicator.answers
    return {
        **json_head(SCHEMA, figures),
        "extract": {"source": figures.source, "tables": tables_read(figures)},
        **limits(figures),
        "indicator": {
            **members(indicator, "id", "title", "question", "theme"),
            "meaning": list(explain_briefly(indicator)),
            "answers": answers and {name: list(getattr(answers, name)) for name in ("paragraphs", "points")},
            "basis": list(indicator.basis),
            **members(indicator, "owner", "review_by", "sha256"),
        },
        "figure": figure_row(overview.figure),
        "previous_month": _with_change(overview, overview.previous),
        "same_month_last_year": _with_change(overview, overview.last_year),
        "year_to_date": figure_row(overview.year_to_date) if overview.year_to_date else None,
        "to_other_ratings": [  # `cases` is negative where they would have to be fewer
            {"rating": each.rating.value, "cases": each.cases if each.more else -each.cases, "better": each.better}
            for each in overview.steps
        ],
        "months": list(map(figure_row, overview.history)),
        "breakdowns": [
            {"breakdown": each.name, "figures": list(map(figure_row, each.figures))} for each in overview.breakdowns
        ],
        "open": _open(overview),
        "reasons": [
            {"outcome": outcome.value, "reason": reason, "cases": cases}
            for outcome in Outcome
            for reason, cases in overview.reasons(outcome)
        ],
        "unplaced": members(overview.unplaced, "blank", "unreadable"),
        "benchmarks": Lines(map(_beside, overview.benchmarks)),
        "movements": movements and members(movements, "entered", "left", "moved_in", "moved_out"),
    }


def _with_change(overview: Overview, before: Figure | None) -> Json | None:
    """Return a figure of another month, and by how much the value has risen since (negative: fallen)."""
    if before is None:
        return None
    difference = overview.difference(before)
    return {
        "change": nearest(change(overview.figure, before)),
        "difference_lower": difference.interval.lower if difference else None,
        "difference_upper": difference.interval.upper if difference else None,
        "comparison": difference.comparison.value if difference else None,
        "figure": figure_row(before),
    }


def _beside(each: BesideBenchmark) -> dict[str, Cell]:
    benchmark, own = each.benchmark, each.own
    return {
        "area": benchmark.area,
        "period_kind": benchmark.period.kind.value,
        "period": benchmark.period.label,
        "value": nearest(benchmark.value),
        **members(benchmark, "source", "differs", "note"),
        "own_value": nearest(own.value),
        **members(own, "interval_lower", "interval_upper"),
        "comparison": each.comparison.value if each.comparison else None,
    }


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
