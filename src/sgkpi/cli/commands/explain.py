"""`sgkpi explain`: one definition in plain English, with the SQL that it becomes."""

from typing import Annotated

import typer

from sgkpi.cli.complete import complete_ids
from sgkpi.cli.options import CatalogueOption, PlainFlag
from sgkpi.cli.output import Format, Output
from sgkpi.cli.settings import catalogue_path
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError, UsageError


def explain(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="An indicator; a unique beginning will do.", autocompletion=complete_ids)
    ],
    sql: Annotated[bool, typer.Option("--sql/--no-sql", help="With the SQL that the definition becomes.")] = True,
    catalogue: CatalogueOption = None,
    plain: PlainFlag = False,
) -> None:
    """Explain an indicator in plain English, and as SQL.

    Examples:
      sgkpi explain contacts_decided_24h
      sgkpi explain pathway --no-sql
    """
    from sgkpi import api
    from sgkpi.documents.explain import explain_document

    definitions = api.load_catalogue(catalogue_path(catalogue))
    indicator_id = complete_id(definitions, id_)
    statement = api.sql_for(definitions, indicator_id) if sql else None
    Output(Format.TABLE, plain=plain).show(explain_document(definitions.indicators[indicator_id], statement))


def complete_id(catalogue: Catalogue, beginning: str) -> str:
    """The id that is this or alone begins so.

    Raises DefinitionsError that names the nearest, and UsageError for an empty text, with which every id begins.
    """
    if not beginning.strip():
        raise UsageError("ID: nothing is named; `sgkpi list` shows what there is")
    if beginning in catalogue.indicators:
        return beginning
    begun = [name for name in catalogue.indicators if name.startswith(beginning)]
    if len(begun) > 1:
        raise DefinitionsError(f"'{beginning}' is the beginning of several indicators: {', '.join(begun)}")
    return begun[0] if begun else catalogue.choose([beginning])[0].id
