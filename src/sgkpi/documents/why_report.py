"""One case as JSON: schema `sgkpi.why/1`."""

import json
from datetime import date

from sgkpi import __version__
from sgkpi.answers.cases import case_row, joined_key
from sgkpi.answers.why.explain import Why
from sgkpi.ledger.cases import CaseOutcome

SCHEMA = "sgkpi.why/1"
_OF_CASE = ("person", "outcome", "reason", "start", "stop", "due", "value")


def render_why(why: Why) -> str:
    """The case with its rows and steps as one JSON object; outcome and all that goes with it are null without one."""
    record = {
        "schema": SCHEMA,
        "sgkpi": __version__,
        "as_of": why.as_of.isoformat(),
        "as_of_source": why.as_of_source.value,
        "indicator": why.indicator.id,
        "key": joined_key(why.key),
        "period": why.period.label if why.period else None,
        "reference_day": why.reference_day.isoformat() if why.reference_day else None,
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
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _of_case(outcome: CaseOutcome | None) -> dict[str, object]:
    if outcome is None:
        return {**dict.fromkeys(_OF_CASE), "breakdowns": None}
    row = case_row(outcome, {})
    cells = {name: cell.isoformat() if isinstance(cell := row[name], date) else cell for name in _OF_CASE}
    return {**cells, "breakdowns": dict(outcome.categories)}
