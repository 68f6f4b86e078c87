"""One case, its rows and what was asked of it: a document, and records (schema `sgkpi.why/1`)."""

from collections.abc import Iterable, Iterator

from sgkpi.answers.cases import joined_key
from sgkpi.answers.why.explain import Why
from sgkpi.answers.why.rows import BLANK, SeenRow
from sgkpi.definitions.wording import code_name, long_date, name_of, words
from sgkpi.documents import records as rec
from sgkpi.documents.cases import case_row, shown_key
from sgkpi.documents.document import Block, Document, Fact, Heading, Item, Items, Notes, Steps, Title
from sgkpi.documents.phrases import IDENTIFIERS, as_of_line, breakdown_name, period_in_words, shown_category
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column, Table

SCHEMA = "sgkpi.why/1"
CASE_ROLE = "case"
_OF_CASE = ("person", "outcome", "reason", "start", "stop", "due", "value")


def why_document(why: Why) -> Document:
    """Return the case from its rows to its outcome."""
    return Document((*_case(why), *_steps(why)))


def _case(why: Why) -> Iterator[Block]:
    """Yield the title, the case's rows, then those of each related; the cells of a row are shown once."""
    period = f", {period_in_words(why.period)}" if why.period else ""
    outcome = "no outcome" if why.outcome is None else words(why.outcome.outcome)
    reason = f" ({words(why.outcome.reason)})" if why.outcome is not None and why.outcome.reason else ""
    lines = (
        f"{why.indicator.title} ({why.indicator.id})",
        f"Case {shown_key(why.key)}{period}: {outcome}{reason}",
    )
    yield Title(lines, (f"Reference day: {long_date(why.reference_day)}",) if why.reference_day else ())
    shown: set[str] = set()
    yield Heading("Rows read")
    yield Items(tuple(_rows(why.indicator.table, (row for row in why.rows if row.role == CASE_ROLE), shown)))
    for name in why.looked_for:
        rows = [row for row in why.rows if row.role == name]
        related = why.indicator.related_named(name)
        none = "" if rows else f": no row of {name_of(related.table)}"
        yield Items((Item(f"Related as {name_of(related)}{none}"), *_rows(related.table, rows, shown)))


def _rows(table: Table, rows: Iterable[SeenRow], shown: set[str]) -> Iterator[Item]:
    """Yield rows with their cells by the labels of columns and codes; cells already shown are left out."""
    for row in rows:
        cells = {} if row.place in shown else row.cells
        shown.add(row.place)
        yield Item(f"{row.place}: {row.said}", tuple(_cell(table.columns[name], cell) for name, cell in cells.items()))


def _cell(column: Column, cell: str) -> Fact:
    """Return a cell with its column, both by their labels; an unlisted code is marked."""
    if column.kind is not Kind.CATEGORY or not column.codes or cell == BLANK:
        return Fact(name_of(column), cell)
    return Fact(name_of(column), code_name(column, cell) if cell in column.codes else f"{cell} (not one of its codes)")


def _steps(why: Why) -> Iterator[Block]:
    yield Heading("Questions and answers")
    yield Steps(tuple((step.question, step.answer) for step in why.steps))
    if why.outcome is not None and why.outcome.categories:
        yield Heading("Categories")
        shown = {
            by: shown_category(why.indicator, by.name, why.outcome.categories.get(by.name)) for by in why.indicator.by
        }
        yield Items(tuple(Item(f"{breakdown_name(by)}: {category}") for by, category in shown.items() if category))
    yield Notes((as_of_line(why), f"Judged by the reference engine. {IDENTIFIERS}"))


def why_records(why: Why) -> rec.Records:
    """Return the steps as rows; outcome and all that goes with it are null in JSON for a case without one."""
    steps = tuple(rec.members(step, "question", "answer") for step in why.steps)
    return rec.Records(
        table=rec.RecordTable("steps", rec.text_columns("question", "answer"), steps),
        json=lambda: _json(why),
    )


def _json(why: Why) -> rec.Json:
    names = (*_OF_CASE, "per") if why.indicator.per is not None else _OF_CASE
    of_case: dict[str, object] = {**dict.fromkeys(names), "breakdowns": None}
    if why.outcome is not None:
        row = case_row(why.outcome, {}, with_per=True)
        of_case = {**{name: row[name] for name in names}, "breakdowns": dict(why.outcome.categories)}
    return {
        **rec.json_head(SCHEMA, why),
        "indicator": why.indicator.id,
        "key": joined_key(why.key),
        "period": why.period.label if why.period else None,
        "reference_day": why.reference_day,
        **of_case,
        "rows": [rec.members(row, "table", "file", "row", "role", "said", "cells") for row in why.rows],
        "steps": [rec.members(step, "question", "answer") for step in why.steps],
    }
