"""`sgkpi why`: one case, explained step by step."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.request import Request


def run(
    id_: opt.IdArgument,
    key: Annotated[
        list[str],
        typer.Argument(metavar="KEY", help="A case's key as `sgkpi cases` prints it, or its parts; or FILE:ROW."),
    ],
    month: opt.OneMonthOption = None,
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    *,
    destination: Output,
) -> None:
    """Explain one case step by step: why it has its outcome.

    The rows that were read, with file and row; the related rows, and why each was chosen or not; every
    question that was asked of the case, and its answer. The reference engine judges the case. For an
    indicator of a point in time, --month gives the reference day; for others, a case has its own month.

    This command prints keys and the contents of cells: treat them with care.

    Examples:
      sgkpi why contacts_decided_24h C003957:P003802
      sgkpi why contacts_decided_24h C003957 P003802 --json
      sgkpi why pathway_plans_reviewed P000209 --month 2019-02
    """
    from sgkpi.answers.why.explain import explain_case
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.why import why_document, why_records

    asked, moment, folder = opt.parse_month(month), opt.parse_as_of(as_of), data_path(data)
    loaded = load_definitions(catalogue, destination.path)
    request = Request([loaded.complete(id_)], [asked] if asked else None, as_of=moment)
    with progress_bar("Reading"):
        explained = explain_case(open_extract(folder, loaded, destination.path), loaded, request, key)
    say(*explained.problems)
    destination.write_answer(explained, why_document, why_records)
