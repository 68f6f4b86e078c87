"""`sgkpi explain`: one definition in plain English, and the SQL for it."""

from typing import Annotated

import typer

from sgkpi.cli.options import CatalogueOption, IdArgument, PlainFlag
from sgkpi.cli.output import Output
from sgkpi.cli.settings import catalogue_path
from sgkpi.documents.write.formats import Format


def explain(
    id_: IdArgument,
    sql: Annotated[bool, typer.Option("--sql/--no-sql", help="Show the SQL for the definition.")] = True,
    catalogue: CatalogueOption = None,
    plain: PlainFlag = False,
) -> None:
    """Explain an indicator in plain English and as SQL.

    Examples:
      sgkpi explain contacts_decided_24h
      sgkpi explain pathway --no-sql
    """
    from sgkpi.answers.explain import sql_for
    from sgkpi.answers.inputs import load_catalogue
    from sgkpi.documents.explain import explain_document

    loaded = load_catalogue(catalogue_path(catalogue))
    indicator = loaded.indicators[loaded.complete(id_)]
    statement = sql_for(loaded, indicator.id) if sql else None
    Output(Format.TABLE, plain=plain).show(explain_document(indicator, statement))
