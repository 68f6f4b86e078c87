"""`sgkpi verify`: whether both engines give the same figures and cases."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sgkpi.cli.messages import say, say_problems
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
from sgkpi.cli.output import Format, Output, choose_output
from sgkpi.cli.settings import catalogue_path, data_path

if TYPE_CHECKING:
    from sgkpi.answers.verify import Verification

FORMATS = (Format.TABLE, Format.JSON)


def verify(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: IdsArgument = None,
    month: MonthOption = None,
    history: HistoryOption = 0,
    period: PeriodOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    format_: Annotated[
        Literal["table", "json"] | None, typer.Option("--format", help="How the answer is written.")
    ] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    plain: PlainFlag = False,
) -> None:
    """Compute everything a second time by other means, and compare.

    Both engines compute every figure, with every breakdown, and the outcome of every case; they share
    the definitions and not one line of their meaning. Says how many figures and cases are the same, and
    shows the first that are not. The exit code is 1 when anything differs.

    This command prints the keys of the cases that differ: pseudonyms, to be treated with care.

    Examples:
      sgkpi verify
      sgkpi verify contacts_decided_24h --month 2019-02
      sgkpi verify --month 2019-02 --history 12 --period month,quarter --json
    """
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    destination = choose_output(format_, output, json=json, csv=False, allowed=FORMATS, plain=plain)
    folder, asked_at = data_path(data), parse_as_of(as_of)
    indicators, months, kinds = split_list("ID", ids), parse_months(month), parse_kinds(period)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    with progress_bar("Verifying") as progress:
        verification = api.verify(
            api.open_extract(folder, definitions),
            definitions,
            months=months,
            history=history,
            kinds=kinds,
            indicators=indicators,
            as_of=asked_at,
            progress=progress,
        )
    answer(verification, destination)


def answer(verification: "Verification", destination: Output) -> None:
    """Write what was found; the exit code is 1 when the engines differ."""
    say_problems(verification.problems)
    if destination.format is Format.JSON:
        from sgkpi.documents.verification_report import render_verification

        for each in verification.unavailable:
            say(f"warning: {each.indicator} cannot be computed: {each.reason}")
        destination.write(render_verification(verification))
    else:
        from sgkpi.documents.verify import verify_document

        destination.show(verify_document(verification))
    if not verification.agrees:
        raise typer.Exit(1)
