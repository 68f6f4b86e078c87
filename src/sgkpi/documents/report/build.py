"""The page of a report: its first lines, the sections that its kind has, and its last line."""

from collections.abc import Iterator
from typing import assert_never

from sgkpi import __version__
from sgkpi.answers.report.commentary import missing_commentary
from sgkpi.answers.report.pack import Pack, ReportKind
from sgkpi.definitions.wording import both, long_month, words
from sgkpi.documents.phrases import theme_name
from sgkpi.documents.report.about import about_section, as_of_words, meaning_section
from sgkpi.documents.report.brief import brief_section, restated_blocks
from sgkpi.documents.report.glance import glance_section
from sgkpi.documents.report.indicator import indicator_section
from sgkpi.documents.report.page import Page, Section
from sgkpi.documents.report.points import points_section
from sgkpi.documents.report.quality import quality_section
from sgkpi.figures.figure import Rating
from sgkpi.model.words import plural

PUBLISHED = "Figures published before"
_INTERNAL = "Internal: small numbers are not hidden"
_NAMES_NOBODY = "No case and no child is named in this report."


def make_page(pack: Pack) -> Page:
    """Return the page of a report."""
    title = title_of(pack)
    return Page(
        title=title,
        marking=marking_of(pack),
        about=known_when(pack),
        draft=draft_of(pack),
        sections=tuple(_sections(pack)),
        footer=f"{title}. As of {as_of_words(pack)}. {_NAMES_NOBODY}",
        generator=f"sgkpi {__version__}",
        prints_tables=pack.kind is ReportKind.INDICATOR,
    )


def title_of(pack: Pack) -> str:
    """Return the heading of a report: `Southshire children's services performance: February 2019`."""
    month, whose = long_month(pack.month), f"{pack.authority} c" if pack.authority else "C"
    name = f"{whose}hildren's services"
    match pack.kind:
        case ReportKind.BOARD:
            return f"{name} performance: {month}"
        case ReportKind.IMPROVEMENT:
            return f"{name} improvement: {month}"
        case ReportKind.INDICATOR:
            what = pack.cards[0].indicator.title if len(pack.cards) == 1 else plural(len(pack.cards), "indicator")
            return f"{name}, {what}: {month}"
        case ReportKind.TEAM:
            return f"{name}, {pack.team}: {month}"
        case ReportKind.QUALITY:
            return f"{name} data quality: {month}"
        case _:
            assert_never(pack.kind)


def marking_of(pack: Pack) -> str:
    """Return the line above the title: the marking of the authority, and for whom the report is."""
    return " · ".join(part for part in (pack.marking, _INTERNAL) if part)


def known_when(pack: Pack) -> tuple[str, ...]:
    """Return the as-of time, the source where the extract names one, and whether indicators were chosen."""
    source, chosen = pack.figures.source, pack.selection
    lines = [f"What was known on {as_of_words(pack)}."]
    lines += [f"Source: {source}."] if source else []
    if chosen:
        named = (("theme", chosen.themes), ("paragraph", chosen.paragraphs), ("point", chosen.points))
        told = [f"{what} {', '.join(words(str(each)) for each in them)}" for what, them in named if them]
        lines.append(f"Not all indicators: only those of {both(told)}.")
    return tuple(lines)


def _sections(pack: Pack) -> Iterator[Section]:
    match pack.kind:
        case ReportKind.BOARD:
            yield brief_section(pack)
            yield from _points(pack)
            yield glance_section(pack)
            yield from _themes(pack)
            yield quality_section(pack)
            yield from _meaning(pack)
        case ReportKind.INDICATOR:
            yield from _themes(pack)
            yield from _published(pack)
            yield quality_section(pack)
        case ReportKind.TEAM:
            yield brief_section(pack)
            yield glance_section(pack)
            yield from _themes(pack)
            yield from _meaning(pack)
        case ReportKind.QUALITY:
            yield quality_section(pack)
            yield from _published(pack)
        case ReportKind.IMPROVEMENT:
            yield from _points(pack)
            yield from _published(pack)
            yield from _meaning(pack)
        case _:
            assert_never(pack.kind)
    yield about_section(pack)


def _published(pack: Pack) -> Iterator[Section]:
    """Yield the section of restatements, if there is a snapshot to compare with and no section of what changed."""
    if pack.restated is not None:
        yield Section("published", PUBLISHED, tuple(restated_blocks(pack.restated)))


def _meaning(pack: Pack) -> Iterator[Section]:
    """Yield the section of what indicators mean, if there are any: the points of a board may have none."""
    if pack.cards:
        yield meaning_section(pack)


def _points(pack: Pack) -> Iterator[Section]:
    """Yield the section of the inspection's points, if the report has a board."""
    if pack.board is not None:
        yield points_section(pack, pack.board)


def _themes(pack: Pack) -> Iterator[Section]:
    """Yield a section for each theme, with a sheet for each of its indicators."""
    for place, theme in enumerate(pack.themes, start=1):
        sheets = tuple(indicator_section(card, pack) for card in theme.cards)
        yield Section(f"theme-{place}", theme_name(theme.cards[0].indicator), sections=sheets, starts_page=True)


def draft_of(pack: Pack) -> str:
    """Return what is missing while a red indicator lacks commentary; nothing where none does."""
    missing = missing_commentary(pack) if pack.kind is ReportKind.BOARD else ()
    if not missing:
        return ""
    red = plural(sum(card.figure.rating is Rating.RED for card in pack.cards), "red indicator")
    return f"{len(missing)} of {red} {'has' if len(missing) == 1 else 'have'} no commentary yet."
