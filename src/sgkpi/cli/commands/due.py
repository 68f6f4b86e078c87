"""`sgkpi due`: what is overdue, and what falls due in the next days."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.complete import complete_ids
from sgkpi.cli.inputs import load_definitions, narrow, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.request import Request


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="Indicators (default: all that have a clock).", autocompletion=complete_ids),
    ] = None,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    within: opt.WithinOption = 3,
    overdue: Annotated[bool, typer.Option("--overdue", help="List the overdue cases as well.")] = False,
    team: opt.TeamOption = None,
    where: opt.WhereOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    *,
    destination: Output,
) -> None:
    """List what falls due in the next days.

    Cases that can still be done in time, of every indicator with a clock, whichever month they count in; for
    an indicator that asks whether something is in date, the cases that go out of date. On the screen, a line
    for each case with its indicators, by team, the worst first; data have a row for each case and indicator.

    This command prints the keys and persons of cases. They are pseudonyms: treat them with care, on the
    screen and in every file that is written.

    Examples:
      sgkpi due
      sgkpi due --overdue --within 0 --team "Access Team A"
      sgkpi due contacts_decided_24h rhi_completed_72h --within 0
      sgkpi due --theme care_leavers --overdue
      sgkpi due pathway_plans_reviewed --within 14 -o due.xlsx
    """
    from sgkpi.answers.due import list_due
    from sgkpi.answers.inputs import open_ahead
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.due import due_document, due_records
    from sgkpi.documents.phrases import age_lines, as_of_line, warnings_beside

    folder, moment, indicators = data_path(data), opt.parse_as_of(as_of), opt.split_list("ID", ids)
    selection = opt.parse_selection(theme, answers, point)
    open_ahead(engine.value)
    loaded, named = narrow(load_definitions(catalogue, destination.path), indicators, selection)
    request = Request(named, as_of=moment)
    conditions = [*(where or ()), *(f"team={name}" for name in team or ())]
    with progress_bar("Reading"):
        extract = open_extract(folder, loaded, destination.path)
        listed = list_due(extract, loaded, request, within, overdue=overdue, where=conditions, engine=engine.value)
    say(*listed.problems)
    today = opt.today()
    warnings = (
        *(f"warning: {line}" for line in age_lines(listed, today)),
        *warnings_beside(listed.cautions, listed.unavailable, listed.unavailable_breakdowns),
        as_of_line(listed),
    )
    destination.write_answer(listed, lambda answer: due_document(answer, today), due_records, warnings)
