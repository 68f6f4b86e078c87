"""The document of `why`: one case, its rows and the questions that were asked of it."""

from collections.abc import Iterable, Iterator

from sgkpi.answers.why.explain import Why
from sgkpi.answers.why.rows import SeenRow
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents.cases import shown_key
from sgkpi.documents.document import Block, Document, Fact, Heading, Item, Items, Notes, Steps, Title
from sgkpi.documents.notes import IDENTIFIERS, as_of_line
from sgkpi.documents.values import period_in_words

CASE_ROLE = "case"


def why_document(why: Why) -> Document:
    """The case from its rows to its outcome."""
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
    """The case's rows, then those of each related; what stands in a row is shown once."""
    shown: set[str] = set()
    yield Heading("The rows that were read")
    yield Items(tuple(_of_role((row for row in why.rows if row.role == CASE_ROLE), shown)))
    for name in why.looked_for:
        rows = [row for row in why.rows if row.role == name]
        table = words(why.indicator.related_named(name).table.name)
        related = Item(f"Related as {words(name)}{'' if rows else f': no row of {table} belongs to it'}")
        yield Items((related, *_of_role(rows, shown)))


def _of_role(rows: Iterable[SeenRow], shown: set[str]) -> Iterator[Item]:
    for row in rows:
        cells = {} if row.place in shown else row.cells
        shown.add(row.place)
        yield Item(f"{row.place}: {row.said}", tuple(Fact(words(name), cell) for name, cell in cells.items()))


def _steps(why: Why) -> Iterator[Block]:
    yield Heading("What was asked")
    yield Steps(tuple((step.question, step.answer) for step in why.steps))
    if why.outcome is not None and why.outcome.categories:
        yield Heading("Where it counts")
        yield Items(tuple(Item(f"{words(name)}: {category}") for name, category in why.outcome.categories.items()))
    yield Notes((as_of_line(why), f"Judged by the reference engine. {IDENTIFIERS}"))
