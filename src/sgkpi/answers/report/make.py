"""`report`: a pack for each report that is asked for, computed once whatever the number of formats and teams."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import assert_never

from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.findings import QualityReport
from sgkpi.answers.inputs import engine_named
from sgkpi.answers.overview import ALL_CASES, Category, make_overview
from sgkpi.answers.report.figures import (
    TEAM,
    ReportFigures,
    compute_figures,
    only_category,
    with_breakdowns,
)
from sgkpi.answers.report.pack import Audience, Card, Pack, ReportKind
from sgkpi.definitions.wording import category_name
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import Figure, FigureSet
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.commentary import NO_COMMENTARY, CommentaryFolder, CommentaryKind
from sgkpi.model.errors import UsageError
from sgkpi.model.outcomes import NOT_LISTED, NOT_RECORDED, Outcome
from sgkpi.model.periods import Month
from sgkpi.model.problems import did_you_mean
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve

HISTORY = 23


@dataclass(frozen=True)
class ReportRequest:
    """A report that is asked for.

    `indicators` are those of a report of indicators; `team` names the team of a team's report (None: every team).
    `by` names the breakdowns to show (empty: those that the kind of report has). `authority` and `marking` are for its
    first lines.
    """

    kind: ReportKind
    indicators: tuple[str, ...] = ()
    team: str | None = None
    month: Month | None = None
    history: int = HISTORY
    by: tuple[str, ...] = ()
    as_of: datetime | None = None
    authority: str = ""
    marking: str = ""
    audience: Audience = Audience.INTERNAL
    commentary: CommentaryFolder = NO_COMMENTARY


def make_packs(
    extract: Extract,
    catalogue: Catalogue,
    asked: ReportRequest,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
) -> tuple[Pack, ...]:
    """Return the pack of a report; of a team's report one for each team, where none is named.

    Raises UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    runner = engine_named(engine)
    months = [asked.month] if asked.month else None
    breakdowns = (TEAM,) if asked.kind is ReportKind.TEAM else asked.by or ("all",)
    request = Request(asked.indicators, months, by=breakdowns, as_of=asked.as_of)
    resolved = with_breakdowns(resolve(extract, catalogue, request, runner.events), _breakdowns(asked))
    by = TEAM if asked.kind is ReportKind.TEAM else None
    figures = compute_figures(resolved, runner, asked.history, by=by, progress=progress)
    quality = _quality(extract, catalogue, asked, figures)
    if asked.kind is not ReportKind.TEAM:
        parts = () if asked.kind is ReportKind.QUALITY else figures.by_indicator.values()
        cards = [_card(figures, asked, own) for own in parts]
        return (_pack(asked, figures, figures.whole, cards, quality),)
    wanted = teams_of(figures) if asked.team is None else (_team_named(asked.team, figures),)
    if not wanted:
        raise UsageError("no team has a case in the months of the report")
    return tuple(_team_pack(asked, figures, team) for team in wanted)


def _breakdowns(asked: ReportRequest) -> Sequence[str] | None:
    """Return the names of the breakdowns that a report computes; None for the first of each indicator."""
    match asked.kind:
        case ReportKind.TEAM:
            return (TEAM,)
        case ReportKind.QUALITY:
            return ()
        case ReportKind.INDICATOR:
            return asked.by or ("all",)
        case ReportKind.BOARD | ReportKind.IMPROVEMENT:
            return asked.by or None
        case _:
            assert_never(asked.kind)


def _card_order(card: Card) -> tuple[object, ...]:
    """Sort by theme, then by title; indicators without a theme come last."""
    indicator = card.indicator
    return not indicator.theme, indicator.theme, indicator.title, indicator.id


def _card(figures: ReportFigures, asked: ReportRequest, own: FigureSet, of: Category = ALL_CASES) -> Card:
    """Return the card of the indicator of these figures, of all its cases or of a team's."""
    overview = make_overview(own, figures.month, figures.overdue, of)
    if not asked.by and asked.kind is not ReportKind.INDICATOR:
        overview = replace(overview, breakdowns=overview.breakdowns[:1])
    indicator, notes, kind = overview.indicator, asked.commentary, CommentaryKind.INDICATOR
    events = tuple(each for each in notes.events if each.concerns(indicator.id))
    months = figures.of_months(own, of)
    if of != ALL_CASES:
        return Card(overview, months, figures.of_months(own), events=events)
    series = own.signals[0] if own.signals else None
    return Card(
        overview,
        months,
        icon=series.icon if series else None,
        judged=tuple(each.judged for each in series.months) if series else (),
        commentary=notes.find(figures.month, kind, indicator.id),
        actions=notes.actions(figures.month, kind, indicator.id),
        events=events,
    )


def _quality(
    extract: Extract, catalogue: Catalogue, asked: ReportRequest, figures: ReportFigures
) -> QualityReport | None:
    """Return what `check` finds in the tables of the indicators, for the reports that speak of it."""
    if asked.kind not in (ReportKind.BOARD, ReportKind.INDICATOR, ReportKind.QUALITY):
        return None
    tables = tuple(each.table for each in figures.whole.tables) if asked.kind is ReportKind.INDICATOR else ()
    return check_quality(extract, catalogue, QualityRequest(tables, figures.month, asked.as_of))


def _pack(
    asked: ReportRequest,
    figures: ReportFigures,
    whole: FigureSet,
    cards: Iterable[Card],
    quality: QualityReport | None = None,
    team: str | None = None,
) -> Pack:
    return Pack(
        kind=asked.kind,
        audience=asked.audience,
        month=figures.month,
        months=figures.months,
        authority=asked.authority,
        marking=asked.marking,
        figures=whole,
        cards=tuple(sorted(cards, key=_card_order)),
        command=command_of(asked, figures, team),
        quality=quality,
        team=team,
        commentary=asked.commentary,
    )


def command_of(asked: ReportRequest, figures: ReportFigures, team: str | None = None) -> str:
    """Return the command that makes the report again; it names no file."""
    words = ["sgkpi", "report", asked.kind.value, *([team] if team else asked.indicators)]
    words += ["--month", str(figures.month), "--as-of", _moment(figures.whole.as_of)]
    words += ["--history", str(asked.history)] if asked.history != HISTORY else []
    words += ["--by", ",".join(asked.by)] if asked.by else []
    return shlex.join(words)


def _moment(moment: datetime) -> str:
    """Return an as-of time as `--as-of` reads it: a date where it is the end of a day."""
    if moment.time() == time.max:
        return moment.date().isoformat()
    return moment.isoformat(timespec="auto" if moment.microsecond else "seconds" if moment.second else "minutes")


def _team_pack(asked: ReportRequest, figures: ReportFigures, team: str) -> Pack:
    """Return a report of one team's cases beside all, without any other team."""
    of, parts, cards = (TEAM, team), list[FigureSet](), list[Card]()
    for indicator in figures.whole.indicators:
        own = only_category(figures.by_indicator[indicator.id], of)
        card = _card(figures, asked, own, of)
        if any(map(has_cases, card.months)):
            parts.append(own)
            cards.append(card)
    whole = replace(
        figures.whole,
        figures=tuple(each for part in parts for each in part.figures),
        reasons=tuple(each for part in parts for each in part.reasons),
        indicators=tuple(each for part in parts for each in part.indicators),
    )
    return _pack(asked, figures, whole, cards, team=team)


def teams_of(figures: ReportFigures) -> tuple[str, ...]:
    """Return the teams that have a case in the months of the report, by name."""
    months = {*figures.months}
    named = {
        each.category
        for each in figures.whole.figures
        if each.breakdown == TEAM and each.period.last in months and has_cases(each)
    }
    return tuple(sorted(name for name in named if name not in (None, NOT_RECORDED, NOT_LISTED)))


def has_cases(figure: Figure) -> bool:
    """Return whether any case has an outcome in a figure."""
    return any(getattr(figure, outcome.value) for outcome in Outcome)


def _team_named(name: str, figures: ReportFigures) -> str:
    """Return the team of a name, written in whatever case; raise UsageError, with the nearest, if there is none."""
    teams = teams_of(figures)
    breakdowns = [each for indicator in figures.whole.indicators if (each := indicator.breakdown_named(TEAM))]
    known = {category_name(each, team).casefold(): team for each in breakdowns for team in teams}
    known |= {team.casefold(): team for team in teams}
    found = name if name in teams else known.get(" ".join(name.split()).casefold())
    if found is None:
        nearest = did_you_mean(name, teams) or (f"; there are {', '.join(teams)}" if teams else "; there are none")
        raise UsageError(f"no team '{name}' has a case in the months of the report{nearest}")
    return found
