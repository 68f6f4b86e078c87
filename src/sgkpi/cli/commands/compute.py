"""`sgkpi compute`: the figures of indicators for periods."""

from dataclasses import replace

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, narrow, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.published import last_published
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.documents.write.formats import Format
from sgkpi.model.request import Request


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: opt.IdsArgument = None,
    month: opt.MonthOption = None,
    history: opt.HistoryOption = 0,
    period: opt.PeriodOption = None,
    by: opt.ByOption = None,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    rating: opt.RatingOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    snapshots: opt.SnapshotsOption = None,
    *,
    destination: Output,
    show_values: opt.ShowValuesFlag = False,
) -> None:
    """Compute figures from an extract.

    On a terminal, a table: each value with its target, its rating, and the values it is compared with.
    With --format or -o, the long table of figures, one row for each indicator, period and category.

    Options that take a list can be repeated, or given a list with commas.

    Examples:
      sgkpi compute --month 2019-02
      sgkpi compute contacts_decided_24h --month 2019-02 --by team,source
      sgkpi compute contacts_decided_24h --month 2019-02 --by "team*source"
      sgkpi compute --month 2019-02 --history 12 --by all -o figures.parquet
      sgkpi compute --theme child_protection --rating red,amber
      sgkpi compute --period quarter,year_to_date --json
      sgkpi compute --month 2019-02 --as-of 2019-03-04 --csv > figures.csv
    """
    from sgkpi.answers.compute import compute, with_ratings
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.compute import compute_document, periods_of
    from sgkpi.documents.figures import figure_records
    from sgkpi.documents.phrases import as_of_line, warnings_beside

    folder = data_path(data)
    indicators, breakdowns = opt.split_list("ID", ids), opt.split_list("--by", by)
    selection, ratings = opt.parse_selection(theme, answers, point), opt.parse_ratings(rating)
    months, kinds = opt.parse_months(month), opt.parse_kinds(period)
    moment, is_data = opt.parse_as_of(as_of), not destination.is_for_people
    request = Request((), months, history, kinds, breakdowns, moment, compared=not is_data, persons=is_data)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    loaded, named = narrow(loaded, indicators, selection)
    request = replace(request, indicators=named)
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded, destination.path)
        figures = compute(
            extract, loaded, request, engine=engine.value, progress=progress, show_values=show_values,
            signals=destination.format in (Format.TABLE, Format.JSON),
        )  # fmt: skip
    if ratings:
        figures = with_ratings(figures, periods_of(request, figures.as_of), ratings)
    say(*figures.problems)
    computed = [each.id for each in figures.indicators]
    warnings = warnings_beside(figures.cautions, figures.unavailable, figures.unavailable_breakdowns)
    destination.write_answer(
        figures,
        lambda answer: compute_document(answer, periods_of(request, answer.as_of), last_published(snapshots, computed)),
        figure_records,
        (*warnings, as_of_line(figures)),
    )
