"""The evidence of a case, sealed: digests of all that its judgement depends on."""

from fractions import Fraction
from typing import assert_never

from sgkpi.extracts.cells import normalise_key
from sgkpi.judge.cases import Case
from sgkpi.judge.tables import Row
from sgkpi.judge.values import Known, Moment, plain_text
from sgkpi.ledger.sealed import BLANK, COUNT_OFFSET, ONE, SEVERAL, SUMMER, UNREADABLE, Seal, SealedRow, key_message
from sgkpi.planning.evidence import Evidence, EvidenceKind, evidence_of


def sealed_key(table: str, row: Row, seal: Seal) -> bytes | None:
    """Return the digest of a row's key; None where a part of it is blank, or the file has none."""
    return seal.row(table, _key_parts(row)).key if row.has_key else None


def whole_key(row: Row) -> tuple[str, ...] | None:
    """Return the key of a row as keys are compared; None where a part of it is blank, or the file has none."""
    return tuple(_key_parts(row)) if row.has_key else None


def sealed_evidence(case: Case, seal: Seal) -> tuple[int, ...]:
    """Return the evidence of a case, sealed, in the order of `evidence_of`; none of a case without a whole key."""
    if not case.row.has_key:
        return ()
    row = seal.row(case.indicator.table.name, _key_parts(case.row))
    return tuple(_sealed(each, case, row) for each in evidence_of(case.indicator))


def kept_rows(case: Case, seal: Seal) -> list[bytes | None]:
    """Return the digests of the keys of the related rows that are kept for a case, in the definition's order."""
    found = [(related.table.name, case.joined[related.name].row) for related in case.indicator.related]
    return [None if row is None else sealed_key(table, row, seal) for table, row in found]


def _sealed(evidence: Evidence, case: Case, sealed: SealedRow) -> int:
    joined = case.joined[evidence.related] if evidence.related else None
    row = joined.row if joined else case.row
    text: str | None
    match evidence.kind:
        case EvidenceKind.COLUMN:
            if joined is None and evidence.column in case.row.unreadable:
                return UNREADABLE
            value = row.values.get(evidence.column) if row else None
            text = None if value is None else _text(value)
        case EvidenceKind.ROW:
            table = case.indicator.related_named(evidence.related or "").table.name
            # Of a row without a whole key, no more than that it is there.
            text = None if row is None else key_message(table, _key_parts(row)) if row.has_key else ""
        case EvidenceKind.COUNT:
            return BLANK if joined is None or joined.count is None else joined.count + COUNT_OFFSET
        case EvidenceKind.STATE:
            if joined is not None and joined.unreadable:
                return UNREADABLE
            return SEVERAL if joined is not None and joined.more_than_one else ONE
        case EvidenceKind.DUPLICATE:
            return SEVERAL if case.is_duplicate else ONE
        case _:
            assert_never(evidence.kind)
    return sealed.evidence(evidence.name, text)


def _key_parts(row: Row) -> list[str]:
    return [normalise_key(_text(value)) for value in row.key if value is not None]


def _text(value: Known) -> str:
    """Return a typed value as text: a number as an exact fraction, any other as a category, summer time said."""
    match value:
        case Fraction():
            return str(value)
        case Moment(summer=True):
            return plain_text(value) + SUMMER
        case _:
            return plain_text(value)
