"""One case, its rows and what was asked of it: a document, and records (schema `sgkpi.why/1`)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgkpi.answers.cases import joined_key
from sgkpi.answers.why.explain import Why
from sgkpi.answers.why.rows import SeenRow
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents.cases import case_row, shown_key
from sgkpi.documents.document import Block, Document, Fact, Heading, Item, Items, Notes, Steps, Title
from sgkpi.documents.notes import IDENTIFIERS, as_of_line
from sgkpi.documents.records import Json, Records, RecordTable, json_head, text_columns
from sgkpi.documents.values import period_in_words

if TYPE_CHECKING:
    from sgkpi.ledger.cases import CaseOutcome


SCHEMA = "sgkpi.why/1"
_OF_CASE = ("person", "outcome", "reason", "start", "stop", "due", "value")

CASE_ROLE = "case"


def why_document(why: Why) -> Document:
    """Return the case from its rows to its outcome."""
    return Document((_title(why), *_rows(why), *_steps(why)))


def _title(why: Why) -> Title:
    period = f", {period_in_words(why.period)}" if why.period else ""
    outcome = "no outcome" if why.outcome is None else why.outcome.outcome.value
    reason = f" ({why.outcome.reason})" if why.outcome is not None and why.outcome.reason else ""
    lines = (
        f"{why.indicator.title} ({why.indicator.id})",
        f"Case {shown_key(why.key)}{period}: {outcome}{reason}",
    )
    return Title(lines, (f"Reference day: {long_date(why.reference_day)}",) if why.reference_day else ())


def _rows(why: Why) -> Iterator[Block]:
    """Yield the case's rows, then those of each related; what stands in a row is shown once."""
    shown: set[str] = set()
    yield Heading("Rows read")
    yield Items(tuple(_of_role((row for row in why.rows if row.role == CASE_ROLE), shown)))
    for name in why.looked_for:
        rows = [row for row in why.rows if row.role == name]
        table = words(why.indicator.related_named(name).table.name)
        related = Item(f"Related as {words(name)}{'' if rows else f': no row of {table}'}")
        yield Items((related, *_of_role(rows, shown)))


def _of_role(rows: Iterable[SeenRow], shown: set[str]) -> Iterator[Item]:
    for row in rows:
        cells = {} if row.place in shown else row.cells
        shown.add(row.place)
        yield Item(f"{row.place}: {row.said}", tuple(Fact(words(name), cell) for name, cell in cells.items()))


def _steps(why: Why) -> Iterator[Block]:
    yield Heading("Questions and answers")
    yield Steps(tuple((step.question, step.answer) for step in why.steps))
    if why.outcome is not None and why.outcome.categories:
        yield Heading("Categories")
        yield Items(tuple(Item(f"{words(name)}: {category}") for name, category in why.outcome.categories.items()))
    yield Notes((as_of_line(why), f"Judged by the reference engine. {IDENTIFIERS}"))


def why_records(why: Why) -> Records:
    """Return the steps as rows; outcome and all that goes with it are null in JSON for a case without one."""
    steps = tuple({"question": step.question, "answer": step.answer} for step in why.steps)
    return Records(
        table=RecordTable("steps", text_columns("question", "answer"), steps),
        json=lambda: _json(why),
        text=tuple,
    )


def _json(why: Why) -> Json:
    return {
        **json_head(SCHEMA, why),
        "indicator": why.indicator.id,
        "key": joined_key(why.key),
        "period": why.period.label if why.period else None,
        "reference_day": why.reference_day,
        **_of_case(why.outcome),
        "rows": [
            {
                "table": row.table,
                "file": row.file,
                "row": row.row,
                "role": row.role,
                "said": row.said,
                "cells": dict(row.cells),
            }
            for row in why.rows
        ],
        "steps": [{"question": step.question, "answer": step.answer} for step in why.steps],
    }


def _of_case(outcome: "CaseOutcome | None") -> Json:
    if outcome is None:
        return {**dict.fromkeys(_OF_CASE), "breakdowns": None}
    row = case_row(outcome, {})
    return {**{name: row[name] for name in _OF_CASE}, "breakdowns": dict(outcome.categories)}
