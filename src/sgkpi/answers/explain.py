"""`explain`: the SQL that a definition becomes."""

from sgkpi.model.catalogue import Catalogue


def sql_for(catalogue: Catalogue, indicator_id: str) -> str:
    """Return the SQL that an indicator becomes, for an extract of CSV files with every declared column."""
    from sgkpi.engines.duckdb.explain import explained_sql

    (indicator,) = catalogue.choose([indicator_id])
    return explained_sql(indicator, catalogue)
