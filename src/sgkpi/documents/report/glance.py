"""All indicators at a glance: a table for each theme."""

from sgkpi.answers.report.pack import Card, Pack, Theme
from sgkpi.definitions.wording import long_month
from sgkpi.documents.phrases import direction_words, theme_name
from sgkpi.documents.report.chart import sparkline
from sgkpi.documents.report.indicator import anchor_of
from sgkpi.documents.report.page import NO_VALUE, Section, Table, Words, column
from sgkpi.documents.report.words import (
    NO_CHANGE,
    NO_DIRECTION,
    NO_TARGET,
    change_words,
    month_name,
    outlook_words,
    rating_cell,
    value_cell,
)
from sgkpi.documents.sentences import target_in_words


def glance_section(pack: Pack) -> Section:
    """Return the tables of all indicators, one for each theme."""
    tables = tuple(glance_table(theme, pack) for theme in pack.themes)
    return Section("all", "All indicators at a glance", tables, starts_page=True)


def glance_table(theme: Theme, pack: Pack) -> Table:
    """Return a row for each indicator of a theme; what its own section says as well may go on narrow pages."""
    cards = theme.cards
    figures = [each.figure for each in cards]
    directions = [column("Direction", cards, lambda each: _direction(each, pack), kept=False, dash=NO_DIRECTION)]
    if pack.team is not None:  # limits of chance are those of all teams together
        directions = []
    columns = (
        column("Indicator", cards, lambda each: Words(each.indicator.title, anchor=anchor_of(each))),
        column("Value", figures, value_cell, right=True, below="Cases"),
        column("Target", figures, target_in_words, right=True, kept=False, dash=NO_TARGET),
        column("Rating", figures, rating_cell),
        column(f"Since {month_name(pack.month.plus(-1))}", cards, _change, right=True, dash=NO_CHANGE),
        *directions,
        column("12 months", cards, sparkline, kept=False),
    )
    return Table(f"{theme_name(cards[0].indicator)}, {long_month(pack.month)}", columns)


def _change(card: Card) -> Words:
    words, verdict = change_words(card)
    return Words(words, (verdict,) if verdict else ())


def _direction(card: Card, pack: Pack) -> Words:
    """Return the direction, with its month where that is an earlier one, and the outlook of the target."""
    outlook, at = outlook_words(card.icon), card.icon.month if card.icon else None
    below = (f"at {long_month(at)}" if at not in (None, pack.month) else "", f"target {outlook}" if outlook else "")
    return Words(direction_words(card.icon) or NO_VALUE, tuple(filter(None, below)))
