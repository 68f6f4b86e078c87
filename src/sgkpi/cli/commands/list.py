"""`sgkpi list`: the indicators of a catalogue, and which of them can be computed from an extract."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, narrow, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.periods import last_complete_month
from sgkpi.model.words import plural


def run(  # noqa: PLR0913 - one parameter for each option
    ids: opt.IdsArgument = None,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    rating: opt.RatingOption = None,
    catalogue: opt.CatalogueOption = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", "-d", metavar="DIR", parser=opt.named_path,
            help="An extract, a folder or a workbook: say which indicators it supports.",
        ),
    ] = None,
    *,
    destination: Output,
) -> None:  # fmt: skip
    """List the indicators, and which an extract supports.

    No extract is needed: SGKPI_DATA and sgkpi.toml are consulted for one with --rating alone.

    Examples:
      sgkpi list
      sgkpi list --answers 13
      sgkpi list --theme child_protection --rating red,amber
      sgkpi list --json
      sgkpi list --data Annex_A.xlsx
      sgkpi list --catalogue my-definitions -o indicators.md
    """
    from sgkpi.answers.list import list_indicators, rate_indicators
    from sgkpi.documents.list import list_document, list_records
    from sgkpi.documents.phrases import as_of_line

    indicators, ratings = opt.split_list("ID", ids), opt.parse_ratings(rating)
    selection = opt.parse_selection(theme, answers, point)
    loaded = load_definitions(catalogue, destination.path)
    loaded, named = narrow(loaded, indicators, selection)
    if named:
        loaded = replace(loaded, indicators={name: loaded.indicators[name] for name in sorted(named)})
    path = data_path(data) if ratings else data
    extract = open_extract(path, loaded, destination.path) if path else None
    rated = rate_indicators(loaded, extract, ratings) if extract and ratings and loaded.indicators else None
    listed = list_indicators(loaded, extract, rated)
    say(*listed.problems)
    if rated is not None:
        wanted, month = " or ".join(sorted(ratings)), last_complete_month(rated.as_of)
        say(f"{plural(len(rated.indicators), 'indicator')} rated {wanted} in {month}. {as_of_line(rated)}")
    elif listed.with_extract:
        available = f"{listed.available} of {plural(len(listed.indicators), 'indicator')} can be computed"
        say(f"{data}: {available}; tables that can be read: {', '.join(listed.tables) or 'none'}")
    destination.write_answer(listed, list_document, list_records)
