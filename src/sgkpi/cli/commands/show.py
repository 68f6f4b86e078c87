"""`sgkpi show`: one indicator at a glance."""

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.published import last_published
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.request import Request


def run(  # noqa: PLR0913 - one parameter for each option
    id_: opt.IdArgument,
    month: opt.OneMonthOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    snapshots: opt.SnapshotsOption = None,
    *,
    destination: Output,
    show_values: opt.ShowValuesFlag = False,
    no_pager: opt.NoPagerFlag = False,
) -> None:
    """Show one indicator at a glance.

    The value with its target and rating, how it compares, twelve months, each breakdown with the worst
    category first, what is overdue now, what could not be judged, what the indicator means and where it
    comes from. No case is named.

    Examples:
      sgkpi show contacts_decided_24h
      sgkpi show pathway_plans_reviewed --month 2019-02
      sgkpi show contacts_decided_24h --json
    """
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.answers.overview import overview
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.overview import show_records
    from sgkpi.documents.phrases import age_lines, warnings_beside
    from sgkpi.documents.show import show_document

    asked, moment, folder = opt.parse_month(month), opt.parse_as_of(as_of), data_path(data)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    request = Request(
        [loaded.complete(id_)], [asked] if asked else None, as_of=moment, persons=not destination.is_for_people
    )
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded, destination.path)
        shown = overview(extract, loaded, request, engine=engine.value, progress=progress, show_values=show_values)
    old = (f"warning: {line}" for line in age_lines(shown.figures, opt.today()))
    cautions = warnings_beside(shown.figures.cautions, (), shown.figures.unavailable_breakdowns)
    destination.write_answer(
        shown,
        lambda answer: show_document(answer, opt.today(), last_published(snapshots, [answer.indicator.id])),
        show_records,
        (*old, *cautions),
        paged=not no_pager,
    )
    say(*shown.figures.problems)  # below the number
