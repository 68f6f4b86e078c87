"""`report`: a pack for each report that is asked for, computed once whatever the number of formats and teams."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import assert_never

from sgkpi.answers.benchmarks import beside_benchmarks
from sgkpi.answers.board import BoardState, months_of_board, point_states
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.findings import QualityReport
from sgkpi.answers.inputs import engine_named, load_board
from sgkpi.answers.mentions import check_names_no_case
from sgkpi.answers.overview import ALL_CASES, Category, make_overview
from sgkpi.answers.report.commentary import without_figure
from sgkpi.answers.report.figures import (
    TEAM,
    ReportFigures,
    Scope,
    compute_figures,
    only_category,
    with_breakdowns,
)
from sgkpi.answers.report.pack import Card, Pack, ReportKind
from sgkpi.answers.report.slugs import slugs_of, stray_files
from sgkpi.answers.report.teams import has_cases, team_named, teams_of
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.board import Board
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.commentary import NO_COMMENTARY, CommentaryFolder, CommentaryKind
from sgkpi.model.errors import UsageError
from sgkpi.model.periods import Month
from sgkpi.model.request import Request
from sgkpi.model.selection import EVERY, Selection
from sgkpi.planning.request import resolve
from sgkpi.snapshots.store import Snapshot, Store

HISTORY = 23


@dataclass(frozen=True)
class ReportRequest:
    """A report that is asked for.

    `indicators` are those of a report of indicators, and `selection` chose those of the catalogue that it may have;
    `team` names the team of a team's report (None: every team).
    `by` names the breakdowns to show (empty: those that the kind of report has). `authority` and `marking` are for its
    first lines, `board` has the points of the inspection. `persons` asks for how many persons the cases are of, which
    only formats with the long table say. `since` is a snapshot of a store, to say what has changed.
    """

    kind: ReportKind
    indicators: tuple[str, ...] = ()
    selection: Selection = EVERY
    team: str | None = None
    month: Month | None = None
    history: int = HISTORY
    by: tuple[str, ...] = ()
    as_of: datetime | None = None
    authority: str = ""
    marking: str = ""
    board: Board | None = None
    commentary: CommentaryFolder = NO_COMMENTARY
    since: tuple[Store, Snapshot] | None = None
    persons: bool = False


def find_board(kind: ReportKind, path: Path | None, catalogue: Catalogue) -> Board | None:
    """Return the board of a report that shows its points: that of a file, or of the catalogue.

    None where `board` has none to show. Raises what `load_board` raises.
    """
    has_none = path is None and not catalogue.boards and not catalogue.board_problems
    if kind not in (ReportKind.BOARD, ReportKind.IMPROVEMENT) or (has_none and kind is ReportKind.BOARD):
        return None
    return load_board(path, catalogue)


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
    check_names_no_case(asked.commentary, extract)
    runner = engine_named(engine)
    months = [asked.month] if asked.month else None
    breakdowns = (TEAM,) if asked.kind is ReportKind.TEAM else asked.by or ("all",)
    request = Request(asked.indicators, months, by=breakdowns, as_of=asked.as_of, persons=asked.persons)
    first = resolve(extract, _chosen(catalogue, asked), request, runner.events)
    resolved, shown = with_breakdowns(first, _breakdowns(asked)), first.months[-1]
    further = months_of_board(asked.board, shown) if asked.board else ()
    scope = Scope(asked.history, further, catalogue.benchmarks, TEAM if asked.kind is ReportKind.TEAM else None)
    figures = compute_figures(resolved, runner, scope, progress=progress)
    if asked.kind is ReportKind.TEAM:
        return _team_packs(asked, figures)
    has_indicators, whole = asked.kind is not ReportKind.QUALITY, figures.whole
    parts = figures.by_indicator.values() if has_indicators else ()
    lost = without_figure(asked.commentary, figures.month, whole.unavailable) if has_indicators else ()
    whole = replace(whole, problems=(*whole.problems, *lost))
    pack = _pack(asked, figures, whole, [_card(figures, asked, own) for own in parts])
    quality, restated = _quality(extract, catalogue, asked, figures), None
    if asked.since is not None:
        from sgkpi.answers.report.restated import find_restated  # it reads definitions, and loads a parser for that

        restated = find_restated(*asked.since, extract, catalogue, resolved, shown, engine=engine)
    return (replace(pack, quality=quality, restated=restated, board=_board(asked, catalogue, figures)),)


def _chosen(catalogue: Catalogue, asked: ReportRequest) -> Catalogue:
    """Return the catalogue with the indicators that a report may have: of a board those of its points alone."""
    if asked.kind is not ReportKind.IMPROVEMENT or asked.board is None:
        return catalogue
    return replace(catalogue, indicators={name: catalogue.indicators[name] for name in sorted(asked.board.indicators)})


def _board(asked: ReportRequest, catalogue: Catalogue, figures: ReportFigures) -> BoardState | None:
    """Return the state of the points of the inspection, in a report that speaks of them."""
    if asked.board is None:
        return None
    points = point_states(asked.board, catalogue.indicators, figures.whole, figures.month, asked.commentary)
    return BoardState(asked.board, figures.month, figures.whole, points, asked.commentary)


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
    """Sort by theme, in the order of the list of themes, then by title; indicators without a theme come last."""
    indicator = card.indicator
    return not indicator.theme, indicator.theme_place, indicator.theme, indicator.title, indicator.id


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
    overview = replace(
        overview,
        movements=figures.movements.get(indicator.id),
        benchmarks=beside_benchmarks(own, figures.benchmarks.get(indicator.id, ())),
    )
    return Card(
        overview,
        months,
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
    narrow = asked.kind is ReportKind.INDICATOR or asked.selection
    tables = tuple(each.table for each in figures.whole.tables) if narrow else ()
    effects = asked.kind is not ReportKind.BOARD  # whose page says which indicators a finding concerns, and no more
    report = check_quality(extract, catalogue, QualityRequest(tables, figures.month, asked.as_of, effects=effects))
    return _only_about(report, tuple(figures.by_indicator)) if narrow else report


def _only_about(report: QualityReport, ids: Sequence[str]) -> QualityReport:
    """Return the findings without what they do to other indicators of the same tables."""
    findings = (
        replace(
            each,
            effects=tuple(effect for effect in each.effects if effect.indicator in ids),
            concerned=tuple(name for name in each.concerned if name in ids),
        )
        for each in report.findings
    )
    return replace(report, findings=tuple(findings))


def _pack(asked: ReportRequest, figures: ReportFigures, whole: FigureSet, cards: Iterable[Card]) -> Pack:
    notes, month, is_board = asked.commentary, figures.month, asked.kind is ReportKind.BOARD
    return Pack(
        kind=asked.kind,
        month=month,
        months=figures.months,
        authority=asked.authority,
        marking=asked.marking,
        figures=whole,
        cards=tuple(sorted(cards, key=_card_order)),
        command=command_of(asked, figures),
        selection=asked.selection,
        commentary=notes,
        summary=notes.find(month, CommentaryKind.SUMMARY) if is_board else None,
        actions=notes.actions(month, CommentaryKind.SUMMARY) if is_board else (),
    )


def command_of(asked: ReportRequest, figures: ReportFigures) -> str:
    """Return the command that makes the report again; it names no file."""
    names = (asked.team,) if asked.team else asked.indicators
    # A name such as `-1` would be read as an option.
    last = ["--", *names] if any(each.startswith("-") for each in names) else []
    words = ["sgkpi", "report", asked.kind.value, *(() if last else names), *asked.selection.options]
    words += ["--month", str(figures.month), "--as-of", _moment(figures.whole.as_of)]
    words += ["--history", str(asked.history)] if asked.history != HISTORY else []
    words += ["--by", ",".join(asked.by)] if asked.by else []
    words += ["--since", asked.since[1].name] if asked.since else []
    return shlex.join([*words, *last])


def _moment(moment: datetime) -> str:
    """Return an as-of time as `--as-of` reads it: a date where it is the end of a day."""
    if moment.time() == time.max:
        return moment.date().isoformat()
    return moment.isoformat(timespec="auto" if moment.microsecond else "seconds" if moment.second else "minutes")


def _team_packs(asked: ReportRequest, figures: ReportFigures) -> tuple[Pack, ...]:
    """Return the report of the team that is asked for, or of every team, each as if it had been asked for by name."""
    teams = teams_of(figures)
    wanted = teams if asked.team is None else (team_named(asked.team, figures),)
    if not wanted:
        raise UsageError("no team has a case in the months of the report")
    slugs = slugs_of(teams)
    strays = stray_files(asked.commentary, slugs.values(), figures.months)
    figures = replace(figures, whole=replace(figures.whole, problems=(*figures.whole.problems, *strays)))
    return tuple(_team_pack(replace(asked, team=team), figures, team, slugs[team]) for team in wanted)


def _team_pack(asked: ReportRequest, figures: ReportFigures, team: str, slug: str) -> Pack:
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
    notes, kind, month = asked.commentary, CommentaryKind.TEAM, figures.month
    pack = _pack(asked, figures, whole, cards)
    return replace(
        pack, team=team, slug=slug, summary=notes.find(month, kind, slug), actions=notes.actions(month, kind, slug)
    )
