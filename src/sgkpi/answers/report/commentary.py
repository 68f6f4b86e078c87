"""Commentary in a report: what is missing or out of date, and where to write the rest."""

import json
from collections.abc import Iterable, Iterator

from sgkpi.answers.report.pack import Card, Pack
from sgkpi.answers.report.selection import has_worse_rating
from sgkpi.figures.figure import Rating
from sgkpi.figures.numbers import show_figure
from sgkpi.model.commentary import CommentaryFile, CommentaryFolder, CommentaryKind
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity
from sgkpi.planning.availability import Unavailable

_SKELETON = """\
---
# {title}: {rating}. Write below the second line of dashes; remove what you do not need.
by: {owner}
# on: {day}
figure: {figure}
# actions:
#   - {{what: "", who: "", when: {day}, state: not started}}
---
"""


def is_written(note: CommentaryFile | None) -> bool:
    """Return whether somebody has written a text; a file without one is a skeleton."""
    return note is not None and bool(note.text.strip())


def missing_commentary(pack: Pack) -> tuple[Card, ...]:
    """Return the red indicators on which nobody has written."""
    return tuple(each for each in pack.cards if each.figure.rating is Rating.RED and not is_written(each.commentary))


def stale_commentary(pack: Pack) -> tuple[Card, ...]:
    """Return the indicators whose figure has moved since somebody wrote about it."""
    return tuple(each for each in pack.cards if is_stale(each))


def is_stale(card: Card) -> bool:
    """Return whether the figure has changed since the commentary was written."""
    note = card.commentary
    return note is not None and is_written(note) and note.is_stale(show_figure(card.figure))


def skeletons(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield path and text of each file that the folder of commentary should have and has not.

    Red indicators need commentary, and so do those whose rating has got worse since the month before.
    """
    for card in pack.cards:
        if card.commentary is None and (card.figure.rating is Rating.RED or has_worse_rating(card)):
            yield f"{pack.month}/{card.indicator.id}.md", _skeleton(card)


def without_figure(commentary: CommentaryFolder, month: Month, unavailable: Iterable[Unavailable]) -> Iterator[Problem]:
    """Yield a warning for each file of a month about an indicator that the extract cannot carry: no report shows it."""
    for each in unavailable:
        if file := commentary.find(month, CommentaryKind.INDICATOR, each.indicator):
            message = f"not shown, as there is no figure of '{each.indicator}': {each.reason}"
            yield Problem(file.path, message, "no-figure", severity=Severity.WARNING)


def _skeleton(card: Card) -> str:
    """Return the keys with the figure filled in, and no words."""
    month = card.figure.period.last
    return _SKELETON.format(
        title=" ".join(card.indicator.title.split()),
        rating=card.figure.rating.value,
        owner=json.dumps(card.indicator.owner, ensure_ascii=False),
        figure=show_figure(card.figure),
        day=month.plus(1).first_day,
    )
