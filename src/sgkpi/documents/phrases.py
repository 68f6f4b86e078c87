"""Phrases and cells that several documents share: notes, values, periods, and reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from sgkpi.definitions.wording import category_name, long_date, long_month, name_of, name_of_month
from sgkpi.documents.document import PROVISIONAL_MARK, UNKNOWN_MARK, Rated, Value
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.figure_set import Caution, FigureSet
from sgkpi.figures.limits import NoLimits
from sgkpi.figures.numbers import NOTHING, show_count, show_figure, show_value
from sgkpi.figures.signals import Icon, Variation
from sgkpi.model.groups import grouped
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.outcomes import Unknown
from sgkpi.model.periods import Month, Period, PeriodKind
from sgkpi.model.request import AsOfSource
from sgkpi.model.words import capitalized, plural

if TYPE_CHECKING:
    from sgkpi.planning.availability import Unavailable, UnavailableBreakdown

PROVISIONAL_NOTE = f"{PROVISIONAL_MARK} provisional: the period had not ended, or some cases are not yet due"
UNKNOWN_NOTE = f"{UNKNOWN_MARK} more than 10% of the cases could not be judged"
TOO_EARLY = "Too early to compare"
SELDOM = "a change that chance alone seldom makes"
USUAL, AS_USUAL = "no more than usual variation", "usual"
IDENTIFIERS = "Keys and persons are pseudonyms; treat them with care."
SOURCES = {
    AsOfSource.OPTION: "as requested",
    AsOfSource.EXTRACT_TOML: "from extract.toml",
    AsOfSource.LATEST_EVENT: "the latest event in the extract",
}
_MOST_TABLES, _MOST_NAMED = 12, 4  # tables and indicators listed by name; more are a number
# Said of one case, and of several.
_WHY_UNKNOWN = {
    Unknown.UNREADABLE: ("has an unreadable cell", "have an unreadable cell"),
    Unknown.DUPLICATE_KEY: ("has a key with conflicting rows", "have keys with conflicting rows"),
    Unknown.MORE_THAN_ONE: ("has more than one related row", "have more than one related row"),
    Unknown.POPULATION: (
        "lacks a valid value to decide if it belongs here",
        "lack a valid value to decide if they belong here",
    ),
    Unknown.NO_START: ("has no recorded start", "have no recorded start"),
    Unknown.NO_DUE: ("has no due time", "have no due time"),
    Unknown.NO_TIME_OF_DAY: ("has no time of day", "have no time of day"),
    Unknown.STOP_BEFORE_START: ("ended before it began", "ended before they began"),
    Unknown.MET: ("lacks a valid value to decide if it is met", "lack a valid value to decide if they are met"),
    Unknown.VALUE: ("has no value", "have no value"),
}
_WITHOUT_VALUE = {Status.NO_CASES: "no cases", Status.NOT_COVERED: "not covered"}
_DIRECTIONS = {
    Variation.COMMON_CAUSE: "Usual variation",
    Variation.IMPROVEMENT: "Improving",
    Variation.CONCERN: "Getting worse",
    Variation.NEUTRAL_HIGH: "Higher",
    Variation.NEUTRAL_LOW: "Lower",
}
_NO_DIRECTION = {
    NoLimits.STOCK: "",
    NoLimits.MAXIMUM: "",
    NoLimits.TOO_FEW_POINTS: "Too few months",
    NoLimits.SMALL_NUMBERS: "Numbers too small",
}


class Provenance(Protocol):
    """An answer with its as-of time, and the source of the extract if it names one."""

    @property
    def as_of(self) -> datetime: ...
    @property
    def as_of_source(self) -> AsOfSource: ...
    @property
    def source(self) -> str | None: ...


def as_of_line(answer: Provenance) -> str:
    """`As of 2019-03-04 07:00 (from extract.toml)`."""
    return f"As of {answer.as_of.isoformat(sep=' ', timespec='minutes')} ({SOURCES[answer.as_of_source]})"


def as_of_and_source(answer: Provenance) -> str:
    """Return the as-of time, and the source of the extract."""
    return as_of_line(answer) + (f"; source: {answer.source}" if answer.source else "")


def age_lines(answer: Provenance, today: date | None) -> Iterator[str]:
    """Yield a warning if the extract is more than a day old, unless somebody asked for its as-of time."""
    if today is not None and (today - answer.as_of.date()).days > 1 and answer.as_of_source is not AsOfSource.OPTION:
        yield f"The extract dates from {long_date(answer.as_of)}: much may have changed since."


def provenance_lines(figures: FigureSet) -> Iterator[str]:
    """Yield the as-of time with its source, and what was read."""
    yield as_of_and_source(figures)
    read = [f"{each.table} {rows_and_cells(each.rows, each.unreadable_cells)}" for each in figures.tables]
    if len(read) > _MOST_TABLES:
        rows, cells = (sum(each) for each in zip(*((t.rows, t.unreadable_cells) for t in figures.tables), strict=True))
        read = [f"{len(read)} tables, {rows_and_cells(rows, cells)}"]
    if read:
        yield f"Read: {'; '.join(read)}"


def rows_and_cells(rows: int, unreadable: int) -> str:
    """`5,231 rows, 2 unreadable cells`."""
    return plural(rows, "row") + (f", {plural(unreadable, 'unreadable cell')}" if unreadable else "")


def caution_lines(cautions: Iterable[Caution], begin: str = "Warning") -> Iterator[str]:
    """Yield a warning for each thing that belongs beside figures; indicators share it."""
    by_text = grouped((f"{each.message} [{each.code}]", each.indicator) for each in cautions)
    for text, indicators in by_text.items():
        yield f"{begin}: {', '.join(indicators)}: {text}"


def unavailable_lines(
    unavailable: "Iterable[Unavailable]", breakdowns: "Iterable[UnavailableBreakdown]" = ()
) -> Iterator[str]:
    """Yield a line for each indicator that cannot be computed from the extract, and for each breakdown.

    Indicators that lack a table share a line, and so do more than a few that lack a column.
    """
    single, numbers = _in_numbers(unavailable)
    yield from numbers
    yield from (f"Cannot be computed: {each.indicator}: {each.reason}" for each in single)
    yield from (f"Cannot be broken down by {line}" for line in _without_breakdown(breakdowns))


def _in_numbers(unavailable: "Iterable[Unavailable]") -> "tuple[list[Unavailable], list[str]]":
    """Return the indicators to name with their reasons, and the lines with the number of the others.

    An extract seldom has every table of a large catalogue, and an extract in a national layout lacks many columns.
    """
    single, lines = list(unavailable), []
    for what, most in (("table", 1), ("column", _MOST_NAMED)):
        lacking = [each for each in single if each.lacks == what]
        if len(lacking) > most:
            lines.append(
                f"{len(lacking):,} indicators need {what}s that this extract does not have: `sgkpi list --data`"
            )
            single = [each for each in single if each.lacks != what]
    return single, lines


def _without_breakdown(breakdowns: "Iterable[UnavailableBreakdown]") -> Iterator[str]:
    """Yield `team: a, b: reason` for each breakdown; many indicators become a number, and several reasons a hint."""
    for name, lacking in grouped((each.breakdown, each) for each in breakdowns).items():
        which, reasons = named_or_counted([each.indicator for each in lacking]), {each.reason for each in lacking}
        yield f"{name}: {which}: {reasons.pop() if len(reasons) == 1 else '`sgkpi list --data` says why'}"


def named_or_counted(ids: Sequence[str]) -> str:
    """Return the ids of a few indicators, or the number of many."""
    return ", ".join(ids) if len(ids) <= _MOST_NAMED else plural(len(ids), "indicator")


def warnings_beside(
    cautions: Iterable[Caution],
    unavailable: "Iterable[Unavailable]" = (),
    breakdowns: "Iterable[UnavailableBreakdown]" = (),
) -> Iterator[str]:
    """Yield the warnings that go beside data: cautions, and the indicators and breakdowns that cannot be computed."""
    yield from caution_lines(cautions, "warning")
    single, numbers = _in_numbers(unavailable)
    yield from (f"warning: {line}" for line in numbers)
    yield from (f"warning: {each.indicator} cannot be computed: {each.reason}" for each in single)
    yield from (f"warning: cannot be broken down by {line}" for line in _without_breakdown(breakdowns))


def problems_line(problems: Sequence[object]) -> Iterator[str]:
    """Yield the number of problems, which are printed beside the document."""
    if problems:
        yield f"Problems in the extract: {len(problems):,} (`sgkpi check` explains them)"


def direction_words(icon: Icon | None) -> str:
    """Return the direction at the latest settled month, or why there is none; nothing for a stock or a maximum."""
    if icon is None:
        return ""
    if icon.variation is not None:
        return _DIRECTIONS[icon.variation]
    return _NO_DIRECTION[icon.reason] if icon.reason is not None else ""


def value_or_why(figure: Figure) -> str:
    """Return the value, or why there is none."""
    return show_figure(figure) if figure.value is not None else why_without_value(figure) or NOTHING


def why_without_value(figure: Figure) -> str | None:
    """Return why a figure has no value, if its status tells: a ratio can have cases and nothing to divide by."""
    if figure.status is Status.NO_CASES and figure.judged:
        return "no value"
    return _WITHOUT_VALUE.get(figure.status)


def is_about_the_same(figure: Figure, before: Figure) -> bool:
    """Return whether two values look the same, or their difference would be shown as 0.0."""
    if figure.value is None or before.value is None:
        return False
    difference = show_value(abs(figure.value - before.value), figure.quantity)
    return show_figure(figure) == show_figure(before) or not any(digit in "123456789" for digit in difference)


def reach_of(figure: Figure) -> tuple[str, str] | None:
    """Return the lowest and the highest value that is possible; None unless some case could still count either way."""
    if figure.lowest is None or figure.highest is None or figure.lowest == figure.highest:
        return None
    return show_value(figure.lowest, figure.quantity), show_value(figure.highest, figure.quantity)


def is_much_unknown(figure: Figure) -> bool:
    """Return whether a value is there, and more than a tenth of its cases, those left out aside, were not judged."""
    counts = (figure.met, figure.not_met, figure.overdue, figure.counted, figure.not_due, figure.unknown)
    return figure.value is not None and 10 * (figure.unknown or 0) > sum(count or 0 for count in counts)


def or_recording(figure: Figure) -> str:
    """Return the doubt about a signal on a month of which many cases could not be judged; empty for any other."""
    return " or a change in recording" if is_much_unknown(figure) else ""


def value_cell(figure: Figure) -> Value:
    """Return the value, or why there is none, with whether it is provisional."""
    return Value(value_or_why(figure), provisional=figure.status is Status.PROVISIONAL)


def marked_cell(figure: Figure) -> Value:
    """Return the value, marked also where many of its cases could not be judged."""
    return replace(value_cell(figure), much_unknown=is_much_unknown(figure))


def rating_cell(figure: Figure) -> Rated:
    """Return the rating, and whether it is firm."""
    return Rated(figure.rating, figure.rating_firm)


def cases_cell(figure: Figure) -> str:
    """`384/486`; for a median or maximum, which have no numerator, `of 486`; nothing for a count."""
    if figure.denominator is None:
        return ""
    if figure.numerator is None:
        return f"of {show_count(figure.denominator)}"
    return f"{show_count(figure.numerator)}/{show_count(figure.denominator)}"


def row_name(figure: Figure, indicators: Mapping[str, Indicator]) -> str:
    """Return the title; of a category, its breakdown and name as people read them, indented below the total."""
    if figure.breakdown is None:
        return figure.title
    indicator = indicators.get(figure.indicator)
    category = shown_category(indicator, figure.breakdown, figure.category)
    return f"  {shown_breakdown(indicator, figure.breakdown)}: {category}"


def breakdown_name(breakdown: Breakdown) -> str:
    """Return the label of a breakdown, or its name in words."""
    return " × ".join(map(name_of, breakdown.parts or (breakdown,)))


def shown_breakdown(indicator: Indicator | None, name: str) -> str:
    """Return the name of a breakdown as people read it; of one that the definition does not have, as it is."""
    breakdown = indicator and indicator.breakdown_named(name)
    return breakdown_name(breakdown) if breakdown else name


def shown_category(indicator: Indicator | None, name: str, category: str | None) -> str:
    """Return a category as people read it: a code by its label or in words."""
    breakdown = indicator and indicator.breakdown_named(name)
    return category_name(breakdown, category) if breakdown and category is not None else category or ""


def theme_name(indicator: Indicator | None) -> str:
    """Return the title of a theme; where themes are not listed, `help_and_protection` as `Help and protection`."""
    if indicator is None or not indicator.theme.strip():
        return "Other"
    return indicator.theme_title or capitalized(indicator.theme.replace("_", " ").strip())


def theme_order(indicator: Indicator | None) -> tuple[bool, int]:
    """Sort by the list of themes; indicators without a theme come last."""
    return (True, 0) if indicator is None else (not indicator.theme.strip(), indicator.theme_place)


def months_in_words(first: Month, last: Month) -> str:
    """`April 2018 to March 2019`, or the one month that both are."""
    return " to ".join(dict.fromkeys(map(long_month, (first, last))))


def short_month(month: Month) -> str:
    """`Feb 2019`."""
    return f"{name_of_month(month.first_day)[:3]} {month.year}"


def period_in_words(period: Period) -> str:
    """`February 2019`, or the label of a period that is not a month."""
    return long_month(period.last) if period.kind is PeriodKind.MONTH else period.label


def why_unknown(reason: str, cases: int) -> str:
    """Return why cases could not be judged: `have no time of day`."""
    return _WHY_UNKNOWN[Unknown(reason)][cases != 1]


def unknown_reasons(reasons: Mapping[str, int]) -> str:
    """Return `3 have no time of day, 1 has no value`, of the number of cases for each reason."""
    return ", ".join(f"{cases:,} {why_unknown(reason, cases)}" for reason, cases in sorted(reasons.items()))
