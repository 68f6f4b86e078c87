"""`sgkpi signals`: which changes over months are more than chance."""

from functools import partial

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.catalogue import complete_each
from sgkpi.model.request import Request


def run(  # noqa: PLR0913 - one parameter for each option
    ids: opt.IdsArgument = None,
    month: opt.OneMonthOption = None,
    by: opt.ByOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    *,
    destination: Output,
    show_values: opt.ShowValuesFlag = False,
) -> None:
    """Tell changes over months from chance.

    Judges 24 months of each indicator by a control chart: which lie outside the limits within which months vary by
    chance, and which are part of a shift or a trend. On a terminal, a chart of each indicator named; without
    any, a list of all, and the charts of those whose latest settled month has a signal.

    Stocks, maximums and small numbers have no limits. Months with cases that are not yet due are not judged.

    Examples:
      sgkpi signals contacts_decided_24h --month 2019-02
      sgkpi signals --month 2019-02
      sgkpi signals contacts_decided_24h --month 2019-02 --by team
      sgkpi signals --month 2019-02 -o signals.xlsx
    """
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.answers.signals import find_signals
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.phrases import as_of_line, warnings_beside
    from sgkpi.documents.signals import signals_document, signals_records

    folder = data_path(data)
    named, breakdowns = opt.split_list("ID", ids), opt.split_list("--by", by)
    asked, moment = opt.parse_month(month), opt.parse_as_of(as_of)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    indicators = complete_each(named, loaded.indicators)
    request = Request(indicators, [asked] if asked else None, by=breakdowns, as_of=moment)
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded, destination.path)
        found = find_signals(extract, loaded, request, engine=engine.value, progress=progress, show_values=show_values)
    say(*found.problems)
    warnings = warnings_beside(found.cautions, found.unavailable, found.unavailable_breakdowns)
    document = partial(signals_document, every_chart=bool(named))
    destination.write_answer(found, document, signals_records, (*warnings, as_of_line(found)))
