"""`explain`: the SQL that a definition becomes."""

from sgkpi.model.catalogue import Catalogue


def sql_for(catalogue: Catalogue, indicator_id: str) -> str:
    """Return the SQL that an indicator becomes."""
    from sgkpi.engines.explain.statement import explained_sql

    (indicator,) = catalogue.choose([indicator_id])
    return explained_sql(indicator, catalogue)
