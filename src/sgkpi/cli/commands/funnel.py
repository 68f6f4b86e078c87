"""`sgkpi funnel`: which teams differ from the whole by more than chance explains."""

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.request import Request


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: opt.IdArgument,
    by: opt.OneBreakdownOption = None,
    month: opt.OneMonthOption = None,
    period: opt.OnePeriodOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    *,
    destination: Output,
    show_values: opt.ShowValuesFlag = False,
) -> None:
    """Compare teams, or the categories of another breakdown, with the whole.

    Each stands between the limits within which chance alone would leave it: the fewer its cases, the wider they
    are. There are no ranks. Of a proportion, for one period.

    Examples:
      sgkpi funnel contacts_decided_24h --by team --month 2019-01
      sgkpi funnel rhi_offered --by missing_from --period quarter --month 2018-12
      sgkpi funnel pathway_plans_reviewed --by team -o teams.xlsx
    """
    from sgkpi.answers.funnel import funnel
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.funnel import funnel_document, funnel_records
    from sgkpi.documents.phrases import as_of_line, warnings_beside

    folder, breakdowns = data_path(data), opt.split_list("--by", by)
    asked, kinds, moment = opt.parse_month(month), opt.parse_kinds(period), opt.parse_as_of(as_of)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    request = Request([loaded.complete(id_)], [asked] if asked else None, 0, kinds, breakdowns, moment)
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded, destination.path)
        found = funnel(extract, loaded, request, engine=engine.value, progress=progress, show_values=show_values)
    say(*found.figures.problems)
    beside = (*warnings_beside(found.figures.cautions), as_of_line(found.figures))
    destination.write_answer(found, funnel_document, funnel_records, beside)
