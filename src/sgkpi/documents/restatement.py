"""Restatement ledgers as data: the long table of what changed, which a snapshot keeps and `diff` writes."""

from collections.abc import Iterable, Iterator

from sgkpi.documents import records as rec
from sgkpi.figures.columns import Cell, nearest
from sgkpi.model.expressions import Kind
from sgkpi.model.outcomes import Outcome
from sgkpi.snapshots.published import Amounts
from sgkpi.snapshots.reconciliation import RECONCILIATION_COLUMNS, Reconciliation
from sgkpi.snapshots.restatement import FigureLedger, LedgerLine

_OUTCOMES = tuple(outcome.value for outcome in Outcome)
COLUMNS = (
    *rec.category_columns("indicator", "title", "measure", "period_kind", "period", "breakdown", "category"),
    *rec.category_columns("line", "step", "cause"),
    *rec.count_columns("cases", "in_scope", *_OUTCOMES),
    *(rec.RecordColumn(name, Kind.NUMBER) for name in ("numerator", "denominator")),
    rec.RecordColumn("value", Kind.NUMBER, of_measure=True),
    *rec.text_columns("exact", "columns"),
    *rec.category_columns("attribution", "comparison"),
)


def ledger_table(ledgers: Iterable[FigureLedger]) -> rec.RecordTable:
    """Return ledgers as rows of the long table, a row for each line."""
    rows = (_row(ledger, line) for ledger in ledgers for line in ledger.lines)
    return rec.RecordTable("restatement", COLUMNS, tuple(rows))


def reconciliation_table(rows: Iterable[Reconciliation]) -> rec.RecordTable:
    """Return the stocks and flows of stocks, a row for each indicator and month."""
    columns = (*rec.category_columns("indicator", "period"), *rec.count_columns(*RECONCILIATION_COLUMNS[2:]))
    cells = ({**rec.members(each, *RECONCILIATION_COLUMNS), "period": str(each.period)} for each in rows)
    return rec.RecordTable("reconciliation", columns, tuple(cells))


def _row(ledger: FigureLedger, line: LedgerLine) -> dict[str, Cell]:
    return {
        **rec.members(ledger, "indicator", "title"),
        "measure": ledger.measure.value,
        "period_kind": ledger.period.kind.value,
        "period": ledger.period.label,
        **rec.members(ledger, "breakdown", "category"),
        "line": line.kind.value,
        "step": line.step and line.step.value,
        "cause": line.cause and line.cause.value,
        "cases": line.cases,
        **dict(_amounts(line.amounts)),
        "columns": _counted(line),
        "attribution": ledger.attribution.value,
        "comparison": ledger.comparison.value,
    }


def _amounts(amounts: Amounts) -> Iterator[tuple[str, Cell]]:
    yield "in_scope", amounts.in_scope
    for outcome in _OUTCOMES:
        yield outcome, None if amounts.outcomes is None else amounts.outcomes[outcome]
    yield "numerator", nearest(amounts.numerator)
    yield "denominator", nearest(amounts.denominator)
    yield "value", nearest(amounts.value)
    yield "exact", None if amounts.value is None else str(amounts.value)


def _counted(line: LedgerLine) -> str | None:
    """Return the columns that hold something else in moved cases, with the number of these: the most frequent first."""
    counted = sorted(line.columns.items(), key=lambda each: (-each[1], each[0]))
    return "; ".join(f"{name} {cases}" for name, cases in counted) or None
