"""One case with what led to its outcome, as data (schema `sgkpi.why/1`)."""

from typing import TYPE_CHECKING

from sgkpi.answers.cases import joined_key
from sgkpi.answers.why.explain import Why
from sgkpi.documents.cases_records import case_row
from sgkpi.documents.records import Json, Records, RecordTable, json_head, text_columns

if TYPE_CHECKING:
    from sgkpi.ledger.cases import CaseOutcome

SCHEMA = "sgkpi.why/1"
_OF_CASE = ("person", "outcome", "reason", "start", "stop", "due", "value")


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
