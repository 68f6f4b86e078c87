"""The document of `verify`: how many figures and cases agree, and the first that do not."""

from collections.abc import Iterator
from datetime import date, datetime

from sgkpi.answers.verify import Difference, Verification
from sgkpi.documents.document import Block, Column, Document, Item, Items, Notes, Table, Verdict
from sgkpi.documents.notes import as_of_line, problems_line, unavailable_lines
from sgkpi.model.words import plural


def verify_document(verification: Verification) -> Document:
    """A line an indicator, the verdict, then the first differences with both sides."""
    return Document(tuple(_blocks(verification)))


def _blocks(verification: Verification) -> Iterator[Block]:
    agreements = verification.agreements
    if agreements:
        figures = tuple(_share(each.figures_agreeing, each.figures) for each in agreements)
        cases = tuple(_share(each.cases_agreeing, each.cases) for each in agreements)
        yield Table(
            (
                Column("Indicator", tuple(each.title for each in agreements)),
                Column("Figures agree", figures, right=True),
                Column("Cases agree", cases, right=True),
                Column("Id", tuple(each.indicator for each in agreements), 10, beside_title=True),
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
