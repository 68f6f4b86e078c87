"""The section of an indicator: its figure and facts, its months, its breakdowns, and what people say about it."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from sgkpi.answers.overview import BreakdownFigures, has_few_cases
from sgkpi.answers.report.pack import Card, Pack, ReportKind
from sgkpi.definitions.english import answers_in_words, explain_briefly
from sgkpi.definitions.wording import long_month
from sgkpi.documents.bars import bar_scale
from sgkpi.documents.chance import benchmarks_in_words, movements_in_words
from sgkpi.documents.phrases import caution_lines, shown_breakdown, shown_category
from sgkpi.documents.report.chart import months_chart
from sgkpi.documents.report.notes import commentary_blocks
from sgkpi.documents.report.page import (
    Bar,
    Block,
    Column,
    Fact,
    Facts,
    Headline,
    Line,
    Paragraph,
    Section,
    Table,
    Tone,
    Words,
    column,
    rating_words,
)
from sgkpi.documents.report.words import (
    direction_at,
    interval_words,
    outlook_words,
    rating_cell,
    target_with_amber,
    value_cell,
    value_words,
)
from sgkpi.documents.sentences import (
    bounds,
    compared_with,
    made_of,
    not_judged,
    open_cases,
    order_in_words,
    steps_to_ratings,
)
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import show_count
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month
from sgkpi.model.words import capitalized


def anchor_of(card: Card) -> str:
    """Return the id of an indicator's section, which no section of another kind has."""
    return f"indicator-{card.indicator.id}"


def indicator_section(card: Card, pack: Pack) -> Section:
    """Return the sheet of an indicator; in a report of indicators with its whole meaning."""
    return Section(anchor_of(card), card.indicator.title, tuple(_blocks(card, pack)), is_indicator=True)


def _blocks(card: Card, pack: Pack) -> Iterator[Block]:
    indicator, figure, overview = card.indicator, card.figure, card.overview
    if indicator.question:
        yield Paragraph((Line(indicator.question),), Tone.SOFT)
    yield Headline(value_words(figure), rating_cell(figure), tuple(_beside(card)))
    if cautions := tuple(caution_lines(overview.figures.cautions)):
        yield Paragraph(tuple(map(Line, cautions)), Tone.WARNING)
    yield Facts(tuple(_facts(card, pack)))
    yield months_chart(card, anchor_of(card))
    for breakdown in overview.breakdowns:
        yield from _breakdown(card, breakdown)
    yield from commentary_blocks(card, pack)
    if pack.kind is ReportKind.INDICATOR:
        yield Facts(tuple(_meaning(card)))


def _beside(card: Card) -> Iterator[str]:
    """Yield the notes beside the value: its cases, and why it is provisional."""
    figure = card.figure
    if figure.value is None or figure.denominator is not None:
        yield made_of(card.overview, figure)
    if figure.status is Status.PROVISIONAL:
        not_due = f"{show_count(figure.not_due)} not due yet" if card.overview.has_ended else "the month had not ended"
        yield f"provisional: {not_due}"


def _facts(card: Card, pack: Pack) -> Iterator[Fact]:
    yield from _compared(card)
    if direction := direction_at(card.icon, pack.month):
        yield Fact("Direction", direction)
    if outlook := outlook_words(card.icon):
        yield Fact("Outlook for the target", outlook)
    if steps := " ".join(steps_to_ratings(card.overview, rating_words)):
        yield Fact("To other ratings", steps)
    if card.overview.can_be_open:
        yield Fact("Open now", " ".join(open_cases(card.overview)))
    if pack.team is not None:
        yield from _which_cases(card, pack)
    if reach := " ".join(bounds(card.figure)):
        yield Fact("Could be", reach.removeprefix("Lowest and highest: "))
    if interval := interval_words(card.figure):
        yield Fact("95% interval", f"{interval}: what the same practice may give by chance")
    if beside := " ".join(benchmarks_in_words(card.overview)):
        yield Fact("Published figures", beside)
    if said := " ".join(not_judged(card.overview)):
        yield Fact("Behind the figure", said)


def _which_cases(card: Card, pack: Pack) -> Iterator[Fact]:
    """Yield the command that lists the overdue cases of a team, where there are any; the report names none."""
    found = card.overview.open_cases
    if found is not None and found.overdue:
        now = Month.of(pack.figures.as_of.date())
        history = ["--history", str(now.index - found.since.index)] if found.since < now else []
        where = ["--outcome", "overdue", "--where", f"team={pack.team}", "--month", str(now), *history]
        yield Fact("Which cases", shlex.join(["sgkpi", "cases", card.indicator.id, *where]), is_code=True)


def _compared(card: Card) -> Iterator[Fact]:
    """Yield the target, and the figures with which the month's is compared."""
    overview = card.overview
    yield Fact("Target", target_with_amber(card) or "none")
    if card.council:
        council = card.council[-1]
        yield Fact("All teams together", f"{value_words(council)}, {rating_words(council.rating)}")
    if (before := overview.previous) is not None:
        yield Fact(long_month(before.period.last), compared_with(overview, before))
    if (last_year := overview.last_year) is not None and last_year.status is not Status.NOT_COVERED:
        yield Fact(long_month(last_year.period.last), compared_with(overview, last_year))
    if overview.movements is not None:
        yield Fact("In and out", " ".join(movements_in_words(overview)))
    if (year := overview.year_to_date) is not None:
        rating = f", {rating_words(year.rating)}" if year.rating is not Rating.NOT_RATED else ""
        yield Fact("Year to date", f"{value_words(year)}{rating}")


def _meaning(card: Card) -> Iterator[Fact]:
    """Yield what the indicator means in full, for a report of indicators."""
    indicator = card.indicator
    yield Fact("What it means", " ".join(explain_briefly(indicator)))
    if answers := answers_in_words(indicator):
        yield Fact("Inspection", answers)
    if indicator.basis:
        yield Fact("Basis", "; ".join(indicator.basis))
    if indicator.owner:
        yield Fact("Owner", indicator.owner)


def _breakdown(card: Card, breakdown: BreakdownFigures) -> Iterator[Block]:
    """Yield the table of a breakdown, the worst first, and the categories without a case in one sentence."""
    name = shown_breakdown(card.indicator, breakdown.name)
    shown = [each for each in breakdown.figures if _has_rows(each)]
    left_out = (each.category for each in breakdown.figures if not _has_rows(each))
    empty = [shown_category(card.indicator, breakdown.name, each) for each in left_out]
    caption = f"{card.indicator.title} by {name}, {long_month(card.figure.period.last)}"
    if shown:
        yield breakdown_table(card, breakdown.name, shown, f"{caption}{order_in_words(shown)}")
    if empty:
        label = "No cases" if shown else f"{caption}: no cases"
        yield Paragraph((Line(f"{label}: {', '.join(empty)}."),), Tone.SOFT)


def _has_rows(figure: Figure) -> bool:
    return figure.value is not None and (figure.measure is not Measure.COUNT or bool(figure.counted or figure.unknown))


def breakdown_table(card: Card, name: str, figures: list[Figure], caption: str) -> Table:
    """Return the categories of a breakdown with bars, in the order of the figures."""

    def category(figure: Figure) -> Words:
        few = ("fewer than 10 cases",) if has_few_cases(figure) else ()
        return Words(shown_category(card.indicator, name, figure.category), few)

    columns = [
        column(capitalized(shown_breakdown(card.indicator, name)), figures, category),
        column("Value", figures, value_cell, right=True, below="Cases"),
        Column("Bar and target", tuple(_bars(figures)), kept=False),
        column("Rating", figures, rating_cell),
    ]
    if any(map(interval_words, figures)):
        columns[2] = replace(columns[2], heading="Bar, 95% interval, target")
        columns.append(
            column("95% interval", figures, interval_words, right=True, kept=False, dash="too few cases for one")
        )
    for label, counts in (
        ("Overdue", [each.overdue for each in figures]),
        ("Not due", [each.not_due for each in figures]),
        ("Not judged", [each.unknown for each in figures]),
    ):
        if any(counts):
            columns.append(column(label, counts, lambda count: show_count(count) if count else "none", right=True))
    return Table(caption, tuple(columns), folds=True)


def _bars(figures: list[Figure]) -> Iterator[Bar]:
    ends = (
        end for each in figures for end in (each.value, each.target_green, each.interval_lower, each.interval_upper)
    )
    least, greatest = bar_scale((Fraction(end) for end in ends if end is not None), figures[0].quantity)
    for each in figures:
        target = Fraction(each.target_green) if each.target_green is not None else None
        yield Bar(each.value, greatest, target, _interval(each), least)


def _interval(figure: Figure) -> tuple[Fraction, Fraction] | None:
    if figure.interval_lower is None or figure.interval_upper is None:
        return None
    return Fraction(figure.interval_lower), Fraction(figure.interval_upper)
