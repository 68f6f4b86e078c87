"""The first page of a report: how many indicators have which rating, what changed, and what needs attention."""

import shlex
from collections.abc import Iterator

from sgkpi.answers.overview import change
from sgkpi.answers.report.commentary import is_written
from sgkpi.answers.report.pack import Card, Pack, Restatements
from sgkpi.answers.report.selection import (
    attention_cards,
    changed_cards,
    count_not_judged,
    count_ratings,
    has_moved,
    has_new_rating,
    has_signal,
)
from sgkpi.documents.chance import difference_in_words
from sgkpi.documents.ledgers import (
    CAUSES,
    cause_words,
    change_in_words,
    is_visible,
    show_closing,
    show_opening,
    shown_changes,
    with_cases,
)
from sgkpi.documents.phrases import SELDOM, direction_words, or_recording, period_in_words
from sgkpi.documents.report.indicator import anchor_of
from sgkpi.documents.report.notes import actions_table, summary_block
from sgkpi.documents.report.page import Block, Fact, Facts, Line, Listing, Paragraph, Section, Tally, Tone, rating_words
from sgkpi.documents.report.words import behind_value, month_name, value_words
from sgkpi.documents.sentences import open_cases, steps_to_ratings
from sgkpi.figures.figure import Rating
from sgkpi.model.words import plural
from sgkpi.snapshots.restatement import FigureLedger

_NOTHING_CHANGED = "No rating changed, and no value is known to have moved by more than chance explains."
_NOT_ENDED = "The month has not ended, so its ratings are not compared yet."
_NOT_COMPARED = "Nothing can be compared, as no indicator has a value in both months."


def brief_section(pack: Pack) -> Section:
    """Return the section In brief, with what changed and what needs attention within it."""
    blocks: list[Block] = [_tally(pack)]
    if pack.figures.unavailable and pack.quality is not None:
        missing = plural(len(pack.figures.unavailable), "more indicator")
        blocks.append(
            Paragraph((Line(f"{missing} cannot be computed from this extract: see data quality."),), Tone.SOFT)
        )
    if pack.summary is not None and is_written(pack.summary):
        blocks.append(summary_block(pack.summary))
    if (actions := actions_table(pack.actions, pack)) is not None:
        blocks.append(actions)
    if pack.team is not None:  # the report says how many cases are overdue, and never which
        command = shlex.join(["sgkpi", "due", "--overdue", "--team", pack.team])
        blocks.append(Facts((Fact("To list overdue cases", command, is_code=True),)))
    return Section("brief", "In brief", tuple(blocks), (_changed(pack), _attention(pack)))


def _tally(pack: Pack) -> Tally:
    """Return how many indicators have each rating; never a sum of cases, as one case counts in several."""
    counts = [(number, rating_words(rating)) for rating, number in count_ratings(pack.cards).items()]
    return Tally((*counts, (count_not_judged(pack.cards), "with cases that could not be judged")))


def _changed(pack: Pack) -> Section:
    before = month_name(pack.month.plus(-1))
    lines = [Line(_change(card), card.indicator.title, anchor_of(card)) for card in changed_cards(pack.cards)]
    blocks: list[Block] = [Listing(tuple(lines) or (Line(_without_changes(pack)),))]
    if pack.restated is not None:
        blocks += restated_blocks(pack.restated)
    return Section("changed", f"What changed since {before}", tuple(blocks))


def _without_changes(pack: Pack) -> str:
    """Return why no change is listed."""
    if not all(card.overview.has_ended for card in pack.cards):
        return _NOT_ENDED
    is_compared = any(change(card.figure, card.overview.previous) is not None for card in pack.cards)
    return _NOTHING_CHANGED if is_compared else _NOT_COMPARED


def _change(card: Card) -> str:
    """Return the old and the new value, the old and the new rating, and what a signal says."""
    before = card.overview.previous
    now = value_words(card.figure)
    parts = [f"{value_words(before)}, now {now}" if before is not None else now]
    if before is not None and has_new_rating(card):
        parts.append(f"from {rating_words(before.rating)} to {rating_words(card.figure.rating)}")
    if has_signal(card):
        parts.append(f"{direction_words(card.icon).lower()}, {SELDOM}{or_recording(card.figure)}")
    elif before is not None and has_moved(card):
        parts.append(difference_in_words(card.overview, before))
    return f": {'; '.join(parts)}."


def restated_blocks(restated: Restatements) -> Iterator[Paragraph | Listing]:
    """Yield the figures of earlier months that were published with another value, with the causes."""
    shown = [each for each in restated.ledgers if is_visible(each)]
    if not shown:
        yield Paragraph((Line(f"No figure of an earlier month has changed since the snapshot {restated.since}."),))
    else:
        yield Paragraph((Line(f"Figures of earlier months that have changed since the snapshot {restated.since}:"),))
        yield Listing(tuple(Line(_restatement(each)) for each in shown))
    causes = {line.cause for each in shown for line in each.movements}
    if explained := tuple(Line(f"{words}.") for cause, words in CAUSES.items() if cause in causes and ":" in words):
        yield Paragraph(explained, Tone.SOFT)
    for indicator, why in restated.not_followed:
        yield Paragraph((Line(f"The cases of {indicator} could not be followed: {why}."),), Tone.SOFT)


def _restatement(ledger: FigureLedger) -> str:
    """Return a figure as it was published and as it is now, with the causes of its change."""
    causes = [
        f"{cause_words(line).split(':')[0]}{with_cases(line)} {change_in_words(change, ledger)}".rstrip()
        for line, change in zip(ledger.movements, shown_changes(ledger), strict=True)
    ]
    moved = f" {'; '.join(causes)}." if causes else ""
    figures = f"{show_opening(ledger)}, now {show_closing(ledger)}"
    return f"{ledger.title}, {period_in_words(ledger.period)}: {figures}.{moved}"


def _attention(pack: Pack) -> Section:
    cards = attention_cards(pack.cards)
    lines = tuple(Line(_urgency(card), card.indicator.title, anchor_of(card)) for card in cards)
    is_rated = any(card.figure.rating is not Rating.NOT_RATED for card in pack.cards)
    nothing = Paragraph((Line("No indicator is rated Red or Amber." if is_rated else "No indicator has a rating."),))
    return Section("attention", "What needs attention first", (Listing(lines, numbered=True) if lines else nothing,))


def _urgency(card: Card) -> str:
    """Return the value, its rating, the cases to another rating, and what is open."""
    overview = card.overview
    better = [each for each in steps_to_ratings(overview, rating_words) if any(step.better for step in overview.steps)]
    told = [f": {behind_value(card)}, {rating_words(card.figure.rating)}.", *better[:1]]
    if overview.open_cases is not None and overview.open_cases.overdue:
        told.append(next(open_cases(overview)))
    return " ".join(told)
