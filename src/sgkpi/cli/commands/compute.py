"""`sgkpi compute`: the figures of indicators for periods."""

from typing import Annotated

from sgkpi.cli.messages import say, say_problems, say_unavailable
from sgkpi.cli.options import (
    AsOfOption,
    ByOption,
    CatalogueOption,
    CsvFlag,
    DataOption,
    Engine,
    EngineOption,
    HistoryOption,
    IdsArgument,
    JsonFlag,
    MonthOption,
    OutputOption,
    PeriodOption,
    PlainFlag,
    ShowValuesFlag,
    parse_as_of,
    parse_kinds,
    parse_months,
    split_list,
)
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.request import Request


def compute(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: IdsArgument = None,
    month: MonthOption = None,
    history: HistoryOption = 0,
    period: PeriodOption = None,
    by: ByOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: Annotated[Format | None, format_option("compute")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
    show_values: ShowValuesFlag = False,
) -> None:
    """Compute figures from an extract.

    On a terminal, a table: each value with its target, its rating, and the values it is compared with.
    With --format or -o, the long table of figures, one row for each indicator, period and category.

    Options that take a list can be repeated, or given a list with commas.

    Examples:
      sgkpi compute --month 2019-02
      sgkpi compute contacts_decided_24h --month 2019-02 --by team,source
      sgkpi compute --month 2019-02 --history 12 --by all -o figures.parquet
      sgkpi compute --period quarter,year_to_date --json
      sgkpi compute --month 2019-02 --as-of 2019-03-04 --csv > figures.csv
    """
    from sgkpi.answers.compute import compute as answer
    from sgkpi.answers.engines import open_ahead
    from sgkpi.answers.inputs import load_catalogue, open_extract
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.compute import compute_document, periods_of, with_comparisons
    from sgkpi.documents.figures import figure_records
    from sgkpi.documents.notes import as_of_line

    destination = choose_output("compute", format_, output, json=json, csv=csv, plain=plain)
    folder, definitions = data_path(data), catalogue_path(catalogue)
    indicators, breakdowns = split_list("ID", ids), split_list("--by", by)
    months, kinds = parse_months(month), parse_kinds(period)
    request = Request(indicators, months, history, kinds, breakdowns, parse_as_of(as_of))
    asked = with_comparisons(request) if destination.is_for_people else request
    open_ahead(engine.value)
    loaded = load_catalogue(definitions)
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded)
        figures = answer(extract, loaded, asked, engine=engine.value, progress=progress, show_values=show_values)
    say_problems(figures.problems)
    if destination.is_for_people:
        destination.show(compute_document(figures, periods_of(request, figures.as_of)))
    else:
        say_unavailable(figures.unavailable)
        say(as_of_line(figures))
        destination.write_records(figure_records(figures))
