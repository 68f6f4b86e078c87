"""What came of comparing two engines: a document, and records (schema `sgkpi.verification/1`)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction

from sgkpi.answers.cases import joined_key
from sgkpi.answers.verify import Agreement, Difference, Verification
from sgkpi.documents.document import Block, Document, Item, Items, Notes, TableBlock, TableColumn, Verdict
from sgkpi.documents.notes import as_of_line, problems_line, unavailable_lines
from sgkpi.documents.records import (
    Json,
    Records,
    RecordTable,
    Row,
    about_answer,
    count_columns,
    json_head,
    text_columns,
)
from sgkpi.figures.columns import Cell
from sgkpi.model.words import plural

SCHEMA = "sgkpi.verification/1"
_COUNTS = ("figures", "figures_agreeing", "cases", "cases_agreeing")
AGREEMENT_COLUMNS = (*text_columns("indicator", "title"), *count_columns(*_COUNTS))
_PLACE = ("indicator", "period_kind", "period", "breakdown", "category", "key")


def verify_document(verification: Verification) -> Document:
    """Return a line an indicator, the verdict, then the first differences with both sides."""
    return Document(tuple(_blocks(verification)))


def _blocks(verification: Verification) -> Iterator[Block]:
    agreements = verification.agreements
    if agreements:
        figures = tuple(_share(each.figures_agreeing, each.figures) for each in agreements)
        cases = tuple(_share(each.cases_agreeing, each.cases) for each in agreements)
        yield TableBlock(
            (
                TableColumn("Indicator", tuple(each.title for each in agreements)),
                TableColumn("Figures agree", figures, right=True),
                TableColumn("Cases agree", cases, right=True),
                TableColumn("Id", tuple(each.indicator for each in agreements), 10, beside_title=True),
            )
        )
    yield Verdict(_verdict(verification), verification.agrees)
    if not verification.agrees:
        shown, every = len(verification.differences), verification.different
        which = "The differences:" if shown == every else f"The first {shown} of {every:,} differences:"
        items = tuple(
            Item(_where(each), tuple(_sides(each, verification.engines))) for each in verification.differences
        )
        yield Items(items, which)
    yield Notes(
        (
            as_of_line(verification),
            *unavailable_lines(verification.unavailable),
            *problems_line(verification.problems),
        )
    )


def _share(agreeing: int, every: int) -> str:
    return f"{agreeing:,} of {every:,}" if every else "none"


def _verdict(verification: Verification) -> str:
    first, second = verification.engines
    figures, cases = verification.total("figures"), verification.total("cases")
    if verification.agrees:
        return f"{first} and {second} agree on {plural(figures, 'figure')} and {plural(cases, 'case')}."
    same_figures, same_cases = verification.total("figures_agreeing"), verification.total("cases_agreeing")
    return (
        f"{first} and {second} differ: they agree on {same_figures:,} of {plural(figures, 'figure')} "
        f"and on {same_cases:,} of {plural(cases, 'case')}."
    )


def _where(each: Difference) -> str:
    """`contacts_decided_24h 2019-02, case C12 / P7`."""
    place = each.indicator if each.period is None else f"{each.indicator} {each.period.label}"
    if each.key is not None:
        return f"{place}, case {' / '.join(part or '(blank)' for part in each.key)}"
    if each.period is None:
        return f"{place}, cases in no period"
    of = f" of {each.breakdown}: {each.category or ''}" if each.breakdown else ""
    return f"{place}, figure{of}"


def _sides(each: Difference, engines: tuple[str, str]) -> Iterator[str]:
    if each.first is None or each.second is None:
        missing, other = engines if each.first is None else reversed(engines)
        yield f"{missing} has none, {other} has"
        return
    for name, value in each.first.items():
        yield f"{name}: {engines[0]} {_shown(value)}, {engines[1]} {_shown(each.second[name])}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def verify_records(verification: Verification) -> Records:
    """Return how much of each indicator agrees; further, a row for each column in which engines differ."""
    columns = text_columns(*_PLACE, "column", *verification.engines)
    rows = tuple(row for each in verification.differences for row in _rows(each, verification.engines))
    return Records(
        table=RecordTable("indicators", AGREEMENT_COLUMNS, tuple(map(_agreement, verification.agreements))),
        json=lambda: _json(verification),
        text=tuple,
        further=(RecordTable("differences", columns, rows),),
        about=(
            *about_answer(verification, verification.source),
            ("Engines", " and ".join(verification.engines)),
            ("Agree", verification.agrees),
            ("Differences in all", verification.different),
            *(("Cannot be computed", f"{each.indicator}: {each.reason}") for each in verification.unavailable),
        ),
    )


def _agreement(agreement: Agreement) -> dict[str, Cell]:
    return {column.name: getattr(agreement, column.name) for column in AGREEMENT_COLUMNS}


def _json(verification: Verification) -> Json:
    agreements = (_agreement(each) for each in verification.agreements)
    return {
        **json_head(SCHEMA, verification),
        "engines": list(verification.engines),
        "agrees": verification.agrees,
        "indicators": [{name: each[name] for name in ("indicator", *_COUNTS)} for each in agreements],
        "unavailable": [{"indicator": each.indicator, "reason": each.reason} for each in verification.unavailable],
        "different": verification.different,
        "differences": [_difference(each, verification.engines) for each in verification.differences],
    }


def _place(each: Difference) -> Json:
    return {
        "indicator": each.indicator,
        "period_kind": each.period.kind.value if each.period else None,
        "period": each.period.label if each.period else None,
        "breakdown": each.breakdown,
        "category": each.category,
        "key": None if each.key is None else list(each.key),
    }


def _difference(each: Difference, engines: tuple[str, str]) -> Json:
    """Return where it is, and what each engine says there, under the engine's name; null where it has nothing."""
    return {**_place(each), "says": {engines[0]: _plain(each.first), engines[1]: _plain(each.second)}}


def _plain(cells: Mapping[str, object] | None) -> Json | None:
    return None if cells is None else {name: _value(value) for name, value in cells.items()}


def _value(value: object) -> Cell:
    """Return whole numbers and words as they are, any other number exactly, as `79/100`, and moments as ISO text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction() if value.denominator == 1:
            return value.numerator
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _rows(each: Difference, engines: tuple[str, str]) -> Iterator[Row]:
    """Yield a row for each column that differs."""
    place: dict[str, Cell] = {name: str(cell) for name, cell in _place(each).items() if cell is not None}
    place = dict.fromkeys(_PLACE) | place | {"key": None if each.key is None else joined_key(each.key)}
    first, second = each.first or {}, each.second or {}
    for column in dict.fromkeys((*first, *second)):
        yield {
            **place,
            "column": column,
            engines[0]: _value(first.get(column)),
            engines[1]: _value(second.get(column)),
        }
