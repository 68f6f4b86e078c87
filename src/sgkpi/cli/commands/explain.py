"""`sgkpi explain`: one definition in plain English, and the SQL for it."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions
from sgkpi.cli.output import Output
from sgkpi.documents.write.formats import Format


def run(
    id_: opt.IdArgument,
    sql: Annotated[bool, typer.Option("--sql/--no-sql", help="Show the SQL for the definition.")] = True,
    catalogue: opt.CatalogueOption = None,
    plain: opt.PlainFlag = False,
) -> None:
    """Explain an indicator in plain English and as SQL.

    Examples:
      sgkpi explain contacts_decided_24h
      sgkpi explain pathway_plans_reviewed --no-sql
    """
    from sgkpi.answers.explain import sql_for
    from sgkpi.documents.explain import explain_document

    loaded = load_definitions(catalogue)
    indicator = loaded.indicators[loaded.complete(id_)]
    document = explain_document(indicator, sql_for(loaded, indicator.id) if sql else None)
    Output(Format.TABLE, plain=plain).write_document(document)
