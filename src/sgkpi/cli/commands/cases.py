"""`sgkpi cases`: the cases behind a figure."""

from collections.abc import Iterable
from typing import Annotated

import typer

from sgkpi.cli.complete import complete_columns
from sgkpi.cli.messages import say, say_problems
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    CsvFlag,
    DataOption,
    Engine,
    EngineOption,
    HistoryOption,
    IdArgument,
    JsonFlag,
    MonthOption,
    OutputOption,
    PeriodOption,
    PlainFlag,
    parse_as_of,
    parse_kinds,
    parse_months,
    parse_names,
)
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.outcomes import Outcome
from sgkpi.model.request import Request

_OUTCOMES = [outcome.value for outcome in Outcome]


def cases(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: IdArgument,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome",
            metavar="NAME",
            help="met, not_met, overdue, counted, not_due, unknown, excluded (default: all).",
            autocompletion=lambda: _OUTCOMES,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="NAME=VALUE",
            help="Only cases of this category, as team=North; reason and person can be given too.",
            autocompletion=complete_columns,
        ),
    ] = None,
    month: MonthOption = None,
    history: HistoryOption = 0,
    period: PeriodOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: Annotated[Format | None, format_option("cases")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """List the cases behind a figure, the longest overdue first.

    There are as many rows as the figure counts for the same period, outcome and category.

    This command prints the keys and persons of cases. They are pseudonyms: treat them with care, on the
    screen and in every file that is written.

    Examples:
      sgkpi cases contacts_decided_24h --month 2019-02 --outcome overdue,not_met
      sgkpi cases contacts_decided_24h --where team="Access Team A",source=police
      sgkpi cases pathway --outcome overdue --where reason=no_plan --csv
      sgkpi cases rhi_completed_72h --period year_to_date -o late.xlsx
    """
    from sgkpi.answers.cases import list_cases
    from sgkpi.answers.engines import open_ahead
    from sgkpi.answers.inputs import load_catalogue, open_extract
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.cases import cases_document, cases_records
    from sgkpi.documents.notes import as_of_line

    destination = choose_output("cases", format_, output, json=json, csv=csv, plain=plain)
    outcomes, months, kinds = parse_outcomes(outcome), parse_months(month), parse_kinds(period)
    folder, moment = data_path(data), parse_as_of(as_of)
    open_ahead(engine.value)
    loaded = load_catalogue(catalogue_path(catalogue))
    request = Request([loaded.complete(id_)], months, history, kinds, as_of=moment)
    with progress_bar("Reading"):
        extract = open_extract(folder, loaded)
        listed = list_cases(extract, loaded, request, outcomes=outcomes, where=where or (), engine=engine.value)
    say_problems(listed.problems)
    if destination.is_for_people:
        destination.show(cases_document(listed))
    else:
        for each in listed.not_covered:
            say(f"warning: {each.label} is not covered by this extract")
        say(as_of_line(listed))
        destination.write_records(cases_records(listed))


def parse_outcomes(texts: Iterable[str] | None) -> tuple[Outcome, ...]:
    """Return the outcomes that `--outcome` names; none when it is not given."""
    return tuple(map(Outcome, parse_names("--outcome", "outcome", texts, _OUTCOMES)))
