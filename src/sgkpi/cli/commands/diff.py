"""`sgkpi diff`: what changed between two snapshots, and why."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.output import Output
from sgkpi.cli.settings import cases_path, store_path

_CHANGED = "changed"


def run(  # noqa: PLR0913 - one parameter for each option
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A] [B] [ID]...",
            help="Two snapshots, or one and its previous (default: the latest); then indicators.",
        ),
    ] = None,
    by: opt.ByOption = None,
    every: Annotated[bool, typer.Option("--all", help="Show figures that did not change as well.")] = False,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="changed", help="End with exit code 1 if anything changed.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            "-d",
            metavar="DIR",
            parser=opt.named_path,
            help="The extract of the later snapshot: work out again what changed, from sealed cases.",
        ),
    ] = None,
    cases: Annotated[
        bool, typer.Option("--cases", help="List the cases of one indicator that moved; with --data.")
    ] = False,
    snapshots: opt.SnapshotsOption = None,
    *,
    destination: Output,
) -> None:
    """Show what changed between two snapshots, and why.

    Each figure as it was published and as it is now, with the causes of its change: how many cases, and
    how much each cause adds to or takes from the value. They add up. A snapshot is named by its month,
    as 2019-02-r1, as latest or previous, or by its folder.

    With --cases, this command prints the keys of cases. They are pseudonyms: treat them with care.

    Examples:
      sgkpi diff
      sgkpi diff 2019-02 contacts_decided_24h --by team
      sgkpi diff 2018-12 2019-02 --format csv -o changes.csv
      sgkpi diff 2018-12 2019-02 rhi_offered --cases --data extracts/2019-03
      sgkpi diff --fail-on changed
    """
    from sgkpi.answers.diff import DiffRequest, diff_snapshots
    from sgkpi.documents.diff import diff_document, diff_records
    from sgkpi.model.errors import UsageError
    from sgkpi.snapshots.store import names_snapshot, open_store

    if fail_on not in (None, _CHANGED):
        raise UsageError(f"--fail-on: '{fail_on}' is not '{_CHANGED}'")
    if cases and data is None:
        raise UsageError("--cases: keys are not kept; give the extract of the later snapshot with --data")
    given = list(names or ())
    ends = tuple(name for place, name in enumerate(given[:2]) if all(map(names_snapshot, given[: place + 1])))
    destination = replace(destination, private=cases)
    home = store_path(snapshots)
    asked = DiffRequest(ends, opt.split_list("ID", given[len(ends) :]), opt.split_list("--by", by), every, data, cases)
    found = diff_snapshots(open_store(home, cases_path(None, home)), asked)
    destination.write_answer(found, diff_document, diff_records)
    if fail_on and found.has_changes:
        raise typer.Exit(1)
