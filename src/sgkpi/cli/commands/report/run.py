"""`sgkpi report`: reports as web pages, workbooks and Markdown."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.commands.report.commentary import (
    CONDITIONS,
    begin_commentary,
    failed_conditions,
    folder_of_commentary,
    parse_conditions,
)
from sgkpi.cli.commands.report.files import folder_of_pages, write_pages, write_report
from sgkpi.cli.complete import complete_names_of_report
from sgkpi.cli.inputs import load_definitions, narrow, open_extract, spare_board
from sgkpi.cli.output import choose_files
from sgkpi.cli.settings import board_path, cases_path, data_path, report_heading, store_path
from sgkpi.cli.streams import say
from sgkpi.documents.write.formats import FORMATS, Format
from sgkpi.model.errors import UsageError
from sgkpi.model.selection import Selection

if TYPE_CHECKING:
    from sgkpi.snapshots.store import Snapshot, Store

_KINDS = ("board", "indicator", "team", "quality", "improvement")
_AUDIENCES = ("internal", "public")


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar=f"<{'|'.join(_KINDS)}>", help="The kind of report.", autocompletion=lambda: list(_KINDS)
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="For indicator: ids. For team: its name.",
            autocompletion=complete_names_of_report,
        ),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write a file in the format of its ending, .html, .xlsx or .md; can be repeated.",
            parser=opt.named_path,
        ),
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="For team: write a page for each team into the folder that -o names.")
    ] = False,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    month: opt.OneMonthOption = None,
    history: opt.HistoryOption = 23,
    by: opt.ByOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    audience: Annotated[
        str, typer.Option("--for", metavar=f"<{'|'.join(_AUDIENCES)}>", help="The readers (default: internal).")
    ] = "internal",
    commentary: opt.CommentaryOption = None,
    board: opt.BoardOption = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="S", help="Say which figures have changed since a snapshot, and why."),
    ] = None,
    snapshots: opt.SnapshotsOption = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar=f"<{'|'.join(CONDITIONS)}>",
            help="Write the report, then end with exit code 1 if commentary is missing, or out of date.",
        ),
    ] = None,
    write_commentary: Annotated[
        bool,
        typer.Option("--write-commentary", help="Begin a file of commentary for each red or newly worse indicator."),
    ] = False,
) -> None:
    """Write a report of a month's figures.

    board: all indicators, for a director or an improvement board. indicator: some of them, with every
    breakdown and their meaning. team: a team's figures beside those of all teams together. quality: what
    is wrong with the data, and what it does to the figures. improvement: the points of an inspection.

    Without -o, Markdown on stdout. With several, everything is computed once, and either all files are
    written or none. No report names a case or a person.

    Examples:
      sgkpi report board --month 2019-02 -o february.html -o february.xlsx
      sgkpi report indicator contacts_decided_24h rhi_offered -o theme.html
      sgkpi report indicator --answers 13 -o paragraph_13.html
      sgkpi report team "Access Team A" -o team.html
      sgkpi report team --each -o packs/
      sgkpi report quality >> "$GITHUB_STEP_SUMMARY"
      sgkpi report board --write-commentary
      sgkpi report improvement -o board.html
    """
    from sgkpi.answers.inputs import load_commentary, open_ahead
    from sgkpi.answers.report.make import ReportRequest, find_board, make_packs
    from sgkpi.answers.report.pack import ReportKind
    from sgkpi.cli.progress import progress_bar

    (wanted,) = opt.parse_names("report", "kind", [kind], _KINDS)
    _check_audience(audience)
    named, outputs = tuple(names or ()), tuple(output or ())
    selection = opt.parse_selection(theme, answers, point)
    _check_names(wanted, named, selection, each=each)
    conditions = parse_conditions(fail_on)
    _check_commentary(wanted, conditions, write_commentary=write_commentary)
    _check_used(context, wanted)
    pages = folder_of_pages(outputs) if each else None
    files = choose_files("report", outputs) if pages is None else ()
    authority, marking = report_heading()
    request = ReportRequest(
        kind=ReportKind(wanted),
        team=opt.parse_text("NAME", named[0]) if wanted == "team" and named else None,
        month=opt.parse_month(month),
        history=history,
        by=opt.split_list("--by", by),
        as_of=opt.parse_as_of(as_of),
        authority=authority,
        marking=marking,
        since=_since(since, snapshots),
        persons=any(FORMATS[Format.EXCEL].ending == path.suffix.lower() for path in outputs),
    )
    path = data_path(data)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, *outputs)
    ids = opt.split_list("NAME", named) if wanted == "indicator" else ()
    home = spare_board(board_path(board), *outputs)
    points = None if selection else find_board(request.kind, home, loaded)
    folder = folder_of_commentary(commentary, catalogue, outputs, make=write_commentary)
    said = load_commentary(folder, loaded, points)
    loaded, ids = narrow(loaded, ids, selection)
    if not loaded.indicators:
        raise UsageError("a report needs an indicator")
    request = replace(request, indicators=ids, selection=selection, board=points, commentary=said)
    with progress_bar("Reading") as progress:
        extract = open_extract(path, loaded, *outputs)
        packs = make_packs(extract, loaded, request, engine=engine.value, progress=progress)
    say(*packs[0].figures.problems)
    if write_commentary and folder is not None:
        begin_commentary(packs, folder)
    if pages is not None:
        write_pages(packs, pages)
    elif files or not write_commentary:
        write_report(packs[0], files)
    if failing := tuple(failed_conditions(packs, conditions)):
        say(*failing)
        raise typer.Exit(1)


def _since(name: str | None, snapshots: Path | None) -> "tuple[Store, Snapshot] | None":
    """Return the snapshot that a report is compared with, and its store; None where none is named."""
    if name is None:
        return None
    from sgkpi.snapshots.store import open_store

    home = store_path(snapshots)
    store = open_store(home, cases_path(None, home))
    return store, store.contents().find(name)


def _check_audience(audience: str) -> None:
    """Raise UsageError for readers that there are not, and for those who may see published figures alone."""
    (readers,) = opt.parse_names("--for", "kind of reader", [audience], _AUDIENCES)
    if readers == "public":
        raise UsageError(
            "--for public: such a report is made of published figures alone, and sgkpi cannot publish figures yet"
        )


def _check_commentary(kind: str, conditions: Sequence[str], *, write_commentary: bool) -> None:
    """Raise UsageError where a report has no commentary on indicators, which is about the figures of all cases."""
    options = [*(["--write-commentary"] if write_commentary else []), *(["--fail-on"] if conditions else [])]
    if options and kind in ("team", "quality"):
        report = "teams" if kind == "team" else kind
        message = f"a report of {report} has no commentary on indicators; use it with `sgkpi report board`"
        raise UsageError(f"{options[0]}: {message}")


def _check_used(context: typer.Context, kind: str) -> None:
    """Warn of --by or --since, or raise UsageError for another option, if it has no effect on this kind of report.

    All kinds take those two, so that one command line serves for each.
    """
    if opt.is_typed(context, "by") and kind in ("team", "quality"):
        what = "a team's figures are not broken down further" if kind == "team" else "it breaks no figure down"
        say(f"--by has no effect on `sgkpi report {kind}`: {what}")
    if opt.is_typed(context, "since") and kind == "team":
        say("--since has no effect on `sgkpi report team`: what was published is compared for all teams together")
    if opt.is_typed(context, "board") and kind not in ("board", "improvement"):
        raise UsageError(
            f"--board: a report of kind {kind} has no points of an inspection; use it with `sgkpi report board`"
        )
    if opt.is_typed(context, "snapshots") and not opt.is_typed(context, "since"):
        raise UsageError("--snapshots: this goes with --since, which names one of its snapshots")


def _check_names(kind: str, names: Sequence[str], selection: Selection, *, each: bool) -> None:
    """Raise UsageError where names are missing, or there are too many."""
    if selection and kind == "improvement":
        raise UsageError("--theme, --answers, --point: a report of the inspection's points has all of their indicators")
    if each and (kind != "team" or names):
        raise UsageError("--each: use it with `sgkpi report team`, without the name of a team")
    if kind == "indicator" and not names and not selection:
        raise UsageError("name an indicator, as in `sgkpi report indicator contacts_decided_24h`")
    if kind == "team" and not names and not each:
        raise UsageError('name the team, as in `sgkpi report team "Access Team A"`, or give --each for all of them')
    if kind == "team" and len(names) > 1:
        raise UsageError(f"a report is of one team, not of {len(names)}; put a name with spaces in quotation marks")
    if names and kind not in ("indicator", "team"):
        raise UsageError(f"`sgkpi report {kind}` takes no names; it got '{names[0]}'")
