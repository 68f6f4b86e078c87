"""`sgkpi cases`: the cases behind a figure."""

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.request import Request


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: opt.IdArgument,
    outcome: opt.OutcomeOption = None,
    where: opt.WhereOption = None,
    month: opt.MonthOption = None,
    history: opt.HistoryOption = 0,
    period: opt.PeriodOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    *,
    destination: Output,
) -> None:
    """List the cases behind a figure, the longest overdue first.

    There are as many rows as the figure counts for the same period, outcome and category.

    This command prints the keys and persons of cases. They are pseudonyms: treat them with care, on the
    screen and in every file that is written.

    Examples:
      sgkpi cases contacts_decided_24h --month 2019-02 --outcome overdue,not_met
      sgkpi cases contacts_decided_24h --where team="Access Team A",source=police
      sgkpi cases pathway_plans_reviewed --where reason=no_plan --csv
      sgkpi cases rhi_completed_72h --period year_to_date -o late.xlsx
    """
    from sgkpi.answers.cases import list_cases
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.cases import cases_document, cases_records
    from sgkpi.documents.phrases import as_of_line, warnings_beside

    outcomes, folder, moment = opt.parse_outcomes(outcome), data_path(data), opt.parse_as_of(as_of)
    months, kinds = opt.parse_months(month), opt.parse_kinds(period)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    request = Request([loaded.complete(id_)], months, history, kinds, as_of=moment)
    with progress_bar("Reading"):
        extract = open_extract(folder, loaded, destination.path)
        listed = list_cases(extract, loaded, request, outcomes=outcomes, where=where or (), engine=engine.value)
    say(*listed.problems)
    not_covered = (f"warning: {each.label} is not covered by this extract" for each in listed.not_covered)
    limits = warnings_beside(listed.cautions, (), listed.unavailable_breakdowns)
    beside = (*not_covered, *limits, as_of_line(listed))
    destination.write_answer(listed, cases_document, cases_records, beside)
