"""The comparison of two engines: a document, and records (schema `sgkpi.verification/1`)."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from sgkpi.answers.cases import joined_key
from sgkpi.answers.verify import Difference, Verification
from sgkpi.documents import records as rec
from sgkpi.documents.document import Block, Document, Item, Items, Notes, TableBlock, TableColumn, Verdict, column
from sgkpi.documents.phrases import as_of_line, caution_lines, problems_line, unavailable_lines
from sgkpi.figures.columns import Cell
from sgkpi.model.words import plural

SCHEMA = "sgkpi.verification/1"
_COUNTS = ("figures", "figures_agreeing", "cases", "cases_agreeing")
AGREEMENT_COLUMNS = (*rec.text_columns("indicator", "title"), *rec.count_columns(*_COUNTS))
_PLACE = ("indicator", "period_kind", "period", "breakdown", "category", "key")


def verify_document(verification: Verification) -> Document:
    """Return a line an indicator, the verdict, then the first differences with both sides."""
    return Document(tuple(_blocks(verification)))


def _blocks(verification: Verification) -> Iterator[Block]:
    agreements = verification.agreements
    if agreements:
        yield TableBlock(
            (
                column("Indicator", agreements, lambda each: each.title),
                column(
                    "Figures agree", agreements, lambda each: _share(each.figures_agreeing, each.figures), right=True
                ),
                column("Cases agree", agreements, lambda each: _share(each.cases_agreeing, each.cases), right=True),
                TableColumn("Id", tuple(each.indicator for each in agreements), 10, beside_title=True),
            )
        )
    yield Verdict(_verdict(verification), verification.agrees)
    if not verification.agrees:
        shown, every = len(verification.differences), verification.different
        which = "The differences:" if shown == every else f"The first {shown} of {every:,} differences:"
        items = (Item(_where(each), tuple(_sides(each, verification.engines))) for each in verification.differences)
        yield Items(tuple(items), which)
    unavailable = unavailable_lines(verification.unavailable, verification.unavailable_breakdowns)
    cautions, problems = caution_lines(verification.cautions), problems_line(verification.problems)
    yield Notes((*cautions, as_of_line(verification), *unavailable, *problems))


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
        is_evidence = "cases with other evidence" in (each.first or {})
        return f"{place}, sealed cases" if is_evidence else f"{place}, cases in no period"
    of = f" of {each.breakdown}: {each.category or ''}" if each.breakdown else ""
    return f"{place}, figure{of}"


def _sides(each: Difference, engines: tuple[str, str]) -> Iterator[str]:
    if each.first is None or each.second is None:
        missing, other = engines if each.first is None else reversed(engines)
        yield f"{missing} has none, {other} has"
        return
    for name, value in each.first.items():
        first, second = ("-" if side is None else str(side) for side in (value, each.second[name]))
        yield f"{name}: {engines[0]} {first}, {engines[1]} {second}"


def verify_records(verification: Verification) -> rec.Records:
    """Return how much of each indicator agrees; further, a row for each column in which engines differ."""
    columns = rec.text_columns(*_PLACE, "column", *verification.engines)
    rows = tuple(row for each in verification.differences for row in _rows(each, verification.engines))
    agreements = tuple(rec.members(each, "indicator", "title", *_COUNTS) for each in verification.agreements)
    return rec.Records(
        table=rec.RecordTable("indicators", AGREEMENT_COLUMNS, agreements),
        json=lambda: _json(verification),
        further=(rec.RecordTable("differences", columns, rows),),
        about=(
            *rec.about_answer(verification),
            ("Engines", " and ".join(verification.engines)),
            ("Agree", verification.agrees),
            ("Differences in all", verification.different),
            *rec.about_unavailable(verification.unavailable),
        ),
    )


def _json(verification: Verification) -> rec.Json:
    """Return the document; what each engine has at a difference is under its name, null where it has nothing."""
    first, second = verification.engines
    return {
        **rec.json_head(SCHEMA, verification),
        "engines": list(verification.engines),
        "agrees": verification.agrees,
        "indicators": [rec.members(each, "indicator", *_COUNTS) for each in verification.agreements],
        "unavailable": [rec.members(each, "indicator", "reason") for each in verification.unavailable],
        **rec.limits(verification),
        "different": verification.different,
        "differences": [
            {**_place(each), "says": {first: _plain(each.first), second: _plain(each.second)}}
            for each in verification.differences
        ],
    }


def _place(each: Difference) -> rec.Json:
    return {
        "indicator": each.indicator,
        "period_kind": each.period.kind.value if each.period else None,
        "period": each.period.label if each.period else None,
        **rec.members(each, "breakdown", "category"),
        "key": None if each.key is None else list(each.key),
    }


def _plain(cells: Mapping[str, object] | None) -> rec.Json | None:
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


def _rows(each: Difference, engines: tuple[str, str]) -> Iterator[rec.Row]:
    """Yield a row for each column that differs."""
    place: dict[str, Cell] = {name: None if cell is None else str(cell) for name, cell in _place(each).items()}
    place["key"] = None if each.key is None else joined_key(each.key)
    first, second = each.first or {}, each.second or {}
    for name in dict.fromkeys((*first, *second)):
        sides = {engines[0]: _value(first.get(name)), engines[1]: _value(second.get(name))}
        yield {**place, "column": name, **sides}
