"""A warning for whoever computes figures from an extract that holds what it must not."""

from collections.abc import Iterable

from sgkpi.extracts.extract import Extract
from sgkpi.extracts.identifiers import Identifier
from sgkpi.model.problems import Problem, Severity, sort_problems


def identifier_warnings(extract: Extract, tables: Iterable[str]) -> tuple[Problem, ...]:
    """Columns of these tables that identify people, as far as headers and the first rows show it."""
    from sgkpi.engines.duckdb.quality_samples import identifiers_at_a_glance

    found = {
        (file, describe_identifier(identifier))
        for name in tables
        if name in extract.tables
        for file, identifier in identifiers_at_a_glance(extract.tables[name])
    }
    problems = (Problem(file, message, "identifier", severity=Severity.WARNING) for file, message in found)
    return sort_problems(problems)


def describe_identifier(identifier: Identifier) -> str:
    """One sentence on a column that identifies people."""
    sees = "show" if identifier.by_header and identifier.by_values else "shows" if identifier.by_header else "show"
    return f"'{identifier.header}' holds {identifier.kind.value}, as {identifier.known_by} {sees}: leave it out"
