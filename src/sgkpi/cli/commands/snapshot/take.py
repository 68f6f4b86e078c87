"""`sgkpi snapshot --month`: the figures of a month as they are published, kept with what they rest on."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.circumstances import circumstances
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import cases_path, data_path, fail_on, store_path
from sgkpi.cli.streams import say
from sgkpi.model.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from sgkpi.answers.snapshot.take import SnapshotRequest, SnapshotTaken


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    context: typer.Context,
    month: Annotated[
        list[str] | None,
        typer.Option(
            "--month", "-m", metavar="YYYY-MM", autocompletion=opt.complete_months, help="The month to publish."
        ),
    ] = None,
    history: opt.HistoryOption = 12,
    period: Annotated[
        list[str] | None,
        typer.Option(
            "--period",
            metavar="KIND",
            autocompletion=opt.complete_kinds,
            help="Kinds of period, as in compute (default: month,year_to_date).",
        ),
    ] = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    snapshots: opt.SnapshotsOption = None,
    cases: opt.CasesFolderOption = None,
    no_cases: Annotated[
        bool, typer.Option("--no-cases", help="Keep no sealed cases: the next snapshot cannot say why figures moved.")
    ] = False,
    fail_on_: opt.FailOnOption = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="GATE", help="Gates that may fail this time; say why with --reason."),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why a gate is accepted, or a month is published again."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compute, compare and evaluate; write nothing.")] = False,
    *,
    destination: Output,
) -> None:
    """Keep a month's figures, and say what changed in earlier ones.

    Computes every available indicator with every breakdown, compares with the snapshot before, case by
    case, evaluates the gates, and adds a snapshot to the store: figures, definitions, calendar, what
    changed and why. The same again changes nothing. A snapshot is never overwritten: another one of the
    month is a revision, and needs --reason.

    Sealed cases are kept in a private folder beside the store: outcomes by case, under digests that
    need a secret. No key, person or cell is kept as it was.

    Gates: no_previous, restated, rerated, mass_deletion, keys_changed, unmatched, program, redefined,
    lost, reconciliation, guessed_as_of.

    Examples:
      sgkpi snapshot --month 2019-02 --dry-run
      sgkpi snapshot --month 2019-02 --fail-on mass_deletion,keys_changed
      sgkpi snapshot --month 2019-02 --format md >> "$GITHUB_STEP_SUMMARY"
      sgkpi snapshot --month 2019-02 --accept lost --reason "Table A is gone"
      sgkpi snapshot list
    """
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.answers.snapshot.take import KINDS, SnapshotRequest, take_snapshot
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.write.snapshot import renderers
    from sgkpi.snapshots.gates import Gate
    from sgkpi.snapshots.secret import read_secret
    from sgkpi.snapshots.store import open_store

    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    if (asked := opt.parse_month(month)) is None:
        raise UsageError("name the month to publish, as in `sgkpi snapshot --month 2019-02`")
    gates = [each.value for each in Gate]
    stopping = opt.parse_names("--fail-on", "gate", fail_on(fail_on_ or ()), gates)
    accepted = opt.parse_names("--accept", "gate", accept, gates)
    if accepted and reason is None:
        raise UsageError("--accept: say why with --reason")
    if no_cases and opt.is_typed(context, "cases"):
        raise UsageError("--no-cases and --cases cannot be combined: one keeps no sealed cases, the other says where")
    request = SnapshotRequest(
        month=asked,
        history=history,
        kinds=opt.parse_kinds(period) if period is not None else KINDS,
        as_of=opt.parse_as_of(as_of),
        engine=engine.value,
        reason=None if reason is None else opt.parse_text("--reason", reason),
        fail_on=frozenset(map(Gate, stopping)),
        accept=frozenset(map(Gate, accepted)),
        dry_run=dry_run,
    )
    folder, home = data_path(data), store_path(snapshots)
    private = cases_path(cases, home, off=no_cases)
    store = open_store(home, private, for_writing=True)
    is_first = private is not None and read_secret(private) is None
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    with progress_bar("Computing") as progress:
        extract = open_extract(folder, loaded, destination.path)
        edge = circumstances(f"sgkpi snapshot --month {asked}")
        taken = take_snapshot(extract, loaded, store, request, renderers(), edge, progress=progress)
    say(*taken.figures.problems)
    if private is not None and is_first and taken.is_added:
        say(*_kept(private))
    report(taken, request, destination)


def report(taken: "SnapshotTaken", request: "SnapshotRequest", destination: Output) -> None:
    """Write what was taken and what changed; the exit code is 12 where it was refused, 1 where a gate stopped it."""
    from sgkpi.documents.phrases import as_of_line, warnings_beside
    from sgkpi.documents.snapshot import snapshot_document, snapshot_records

    figures = taken.figures
    warnings = warnings_beside(figures.cautions, figures.unavailable, figures.unavailable_breakdowns)
    beside = (*warnings, as_of_line(figures))
    destination.write_answer(
        taken,
        lambda answer: snapshot_document(answer, dry_run=request.dry_run),
        lambda answer: snapshot_records(answer, dry_run=request.dry_run),
        beside,
    )
    if taken.refused:
        raise SnapshotError(taken.refused)
    if taken.stopped:
        say(f"nothing was written: {', '.join(taken.stopped)} failed; to go on, give --accept and --reason")
        raise typer.Exit(1)


def _refuse_options(context: typer.Context) -> None:
    """Raise UsageError where options stand before a command, which would pass them over."""
    for name in context.params:
        if opt.is_typed(context, name):
            raise UsageError(
                f"--{name.strip('_').replace('_', '-')} belongs to taking a snapshot; "
                f"put the options of `snapshot {context.invoked_subcommand}` after it"
            )


def _kept(private: Path) -> Iterator[str]:
    """Yield what the first run says of sealed cases."""
    yield (
        f"note: sealed cases are kept in '{private}', so that the next snapshot can say which cases moved and why; "
        "keep that folder private, and back up its secret.key; --no-cases keeps none"
    )
    if sys.platform == "win32":
        yield f"note: on Windows the permissions of '{private}' itself decide who can read it; check them"
