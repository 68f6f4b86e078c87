"""`sgkpi verify`: whether both engines give the same figures and cases."""

from typing import TYPE_CHECKING

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.catalogue import complete_each
from sgkpi.model.request import Request

if TYPE_CHECKING:
    from sgkpi.answers.verify import Verification


def run(  # noqa: PLR0913 - one parameter for each option
    ids: opt.IdsArgument = None,
    month: opt.MonthOption = None,
    history: opt.HistoryOption = 0,
    period: opt.PeriodOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    *,
    destination: Output,
) -> None:
    """Compute everything with a second engine and compare.

    Both engines compute every figure, with every breakdown, and the outcome of every case; they share
    the definitions and no line of code that gives them their meaning. Reports how many figures and cases
    agree, and the first that do not. The exit code is 1 when anything differs.

    This command prints the keys of cases that differ. They are pseudonyms: treat them with care.

    Examples:
      sgkpi verify
      sgkpi verify contacts_decided_24h --month 2019-02
      sgkpi verify --month 2019-02 --history 12 --period month,quarter --json
    """
    from sgkpi.answers.verify import verify
    from sgkpi.cli.progress import progress_bar

    folder, moment = data_path(data), opt.parse_as_of(as_of)
    indicators, months, kinds = opt.split_list("ID", ids), opt.parse_months(month), opt.parse_kinds(period)
    loaded = load_definitions(catalogue, destination.path)
    request = Request(
        complete_each(indicators, loaded.indicators), months, history, kinds, ["all"], moment, persons=True
    )
    with progress_bar("Verifying") as progress:
        verification = verify(open_extract(folder, loaded, destination.path), loaded, request, progress=progress)
    report(verification, destination)


def report(verification: "Verification", destination: Output) -> None:
    """Write the result; the exit code is 1 when the engines differ."""
    from sgkpi.documents.phrases import warnings_beside
    from sgkpi.documents.verify import verify_document, verify_records

    say(*verification.problems)
    breakdowns = verification.unavailable_breakdowns
    warnings = warnings_beside(verification.cautions, verification.unavailable, breakdowns)
    destination.write_answer(verification, verify_document, verify_records, warnings)
    if not verification.agrees:
        raise typer.Exit(1)
