"""`sgkpi verify`: whether both engines give the same figures and cases."""

from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli.messages import say_problems, say_unavailable
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    DataOption,
    HistoryOption,
    IdsArgument,
    JsonFlag,
    MonthOption,
    OutputOption,
    PeriodOption,
    PlainFlag,
    parse_as_of,
    parse_kinds,
    parse_months,
    split_list,
)
from sgkpi.cli.output import Output, choose_output, format_option
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.request import Request

if TYPE_CHECKING:
    from sgkpi.answers.verify import Verification


def verify(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: IdsArgument = None,
    month: MonthOption = None,
    history: HistoryOption = 0,
    period: PeriodOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    format_: Annotated[Format | None, format_option("verify")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    plain: PlainFlag = False,
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
    from sgkpi.answers.inputs import load_catalogue, open_extract
    from sgkpi.answers.verify import verify as compare
    from sgkpi.cli.progress import progress_bar

    destination = choose_output("verify", format_, output, json=json, plain=plain)
    folder, moment = data_path(data), parse_as_of(as_of)
    indicators, months, kinds = split_list("ID", ids), parse_months(month), parse_kinds(period)
    request = Request(indicators, months, history, kinds, ["all"], moment)
    loaded = load_catalogue(catalogue_path(catalogue))
    with progress_bar("Verifying") as progress:
        verification = compare(open_extract(folder, loaded), loaded, request, progress=progress)
    report(verification, destination)


def report(verification: "Verification", destination: Output) -> None:
    """Write what was found; the exit code is 1 when the engines differ."""
    from sgkpi.documents.verify import verify_document, verify_records

    say_problems(verification.problems)
    if destination.is_for_people:
        destination.show(verify_document(verification))
    else:
        say_unavailable(verification.unavailable)
        destination.write_records(verify_records(verification))
    if not verification.agrees:
        raise typer.Exit(1)
