"""`sgkpi board`: the points of an inspection, and how each stands."""

from functools import partial

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import commentary_folder, load_definitions, open_extract, spare_board
from sgkpi.cli.output import Output
from sgkpi.cli.settings import board_path, catalogue_path, data_path
from sgkpi.cli.streams import say


def run(  # noqa: PLR0913 - one parameter for each option
    month: opt.OneMonthOption = None,
    board: opt.BoardOption = None,
    commentary: opt.CommentaryOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    engine: opt.EngineOption = opt.EngineName.DUCKDB,
    *,
    destination: Output,
    show_values: opt.ShowValuesFlag = False,
    no_pager: opt.NoPagerFlag = False,
) -> None:
    """Show the points of an inspection, and how each stands.

    Of each indicator of a point: its value at the inspection and now, its rating, its direction, and in how
    many of the last six months it was in target. The worst rated lead comes first. No status of a point is
    worked out: what people say of it, and the next step, come from the folder of commentary.

    Examples:
      sgkpi board
      sgkpi board --month 2019-02 --json
      sgkpi board --board indicators/boards/inspection_2019.yaml
      sgkpi board --commentary commentary
      sgkpi board -o board.xlsx
    """
    from sgkpi.answers.board import BoardRequest, improvement_board
    from sgkpi.answers.inputs import load_board, load_commentary, open_ahead
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.board import board_document, board_records
    from sgkpi.documents.phrases import age_lines, as_of_line, warnings_beside

    asked, moment, folder = opt.parse_month(month), opt.parse_as_of(as_of), data_path(data)
    open_ahead(engine.value)
    loaded = load_definitions(catalogue, destination.path)
    chosen = load_board(spare_board(board_path(board), destination.path), loaded)
    said = load_commentary(commentary_folder(commentary, catalogue_path(catalogue), destination.path), loaded, chosen)
    request = BoardRequest(chosen, asked, moment, said)
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded, destination.path)
        state = improvement_board(
            extract, loaded, request, engine=engine.value, progress=progress, show_values=show_values
        )
    figures = state.figures
    old = (f"warning: {line}" for line in age_lines(figures, opt.today()))
    beside = (*old, *warnings_beside(figures.cautions, figures.unavailable), as_of_line(figures))
    document = partial(board_document, today=opt.today())
    destination.write_answer(state, document, board_records, beside, paged=not no_pager)
    say(*figures.problems)
