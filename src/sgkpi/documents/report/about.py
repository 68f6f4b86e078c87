"""The end of a report: what each indicator means, and what its figures rest on."""

from collections.abc import Iterator

from sgkpi import __version__
from sgkpi.answers.report.pack import Card, Pack
from sgkpi.definitions.wording import long_date
from sgkpi.documents.phrases import SOURCES
from sgkpi.documents.report.page import Block, Fact, Facts, Fold, Section, Table, column
from sgkpi.figures.numbers import show_count

_DIGITS = 12


def meaning_section(pack: Pack) -> Section:
    """Return the question, the basis and the owner of each indicator.

    They are facts and not sections, whose headings would be those of the indicators' own sections again.
    """
    facts = Facts(tuple(Fact(each.indicator.title, _meaning(each)) for each in pack.cards))
    return Section("meaning", "What each indicator means", (facts,))


def _meaning(card: Card) -> str:
    indicator = card.indicator
    told = [indicator.question] if indicator.question else []
    told += [f"Basis: {'; '.join(indicator.basis)}."] if indicator.basis else []
    told += [f"Owner: {indicator.owner}."] if indicator.owner else []
    return " ".join(told) or "No question, basis or owner is recorded in its definition."


def about_section(pack: Pack) -> Section:
    """Return the as-of time, the program, the command that makes the report again, and what was read."""
    return Section("about", "About these figures", tuple(_about(pack)))


def as_of_words(pack: Pack) -> str:
    """`4 March 2019, 07:00`."""
    as_of = pack.figures.as_of
    return f"{long_date(as_of.date())}, {as_of:%H:%M}"


def _about(pack: Pack) -> Iterator[Block]:
    figures = pack.figures
    facts = [
        Fact("As of", f"{as_of_words(pack)} ({SOURCES[figures.as_of_source]})"),
        Fact("Source", figures.source or "not named in the extract"),
        Fact("Made by", f"sgkpi {__version__}"),
        Fact("Made again by", pack.command, is_code=True),
    ]
    if pack.commentary.sha256:
        facts.append(Fact("Digest of the commentary", pack.commentary.sha256[:_DIGITS], is_code=True))
    yield Facts(tuple(facts))
    if figures.tables:
        yield Table(
            "What was read",
            (
                column("Table", figures.tables, lambda each: each.table),
                column("Files", figures.tables, lambda each: ", ".join(each.files)),
                column("Rows", figures.tables, lambda each: show_count(each.rows), right=True),
                column("Unreadable cells", figures.tables, lambda each: show_count(each.unreadable_cells), right=True),
            ),
            wide=True,
        )
    digests = [f"{each.id} {each.sha256[:_DIGITS]}" for each in figures.indicators]
    digests += [f"table {name} {digest[:_DIGITS]}" for name, digest in figures.declarations.items()]
    digests += [f"tables/holidays.csv {figures.holidays_sha256[:_DIGITS]}"] if figures.holidays_sha256 else []
    if pack.board is not None and pack.board.board.sha256:
        digests.append(f"boards/{pack.board.board.name}.yaml {pack.board.board.sha256[:_DIGITS]}")
    if digests:
        yield Fold("Definitions used, with the digests of their files", tuple(digests))
