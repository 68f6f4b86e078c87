"""Warnings about columns that identify people."""

from collections.abc import Iterable

from sgkpi.extracts.extract import Extract
from sgkpi.extracts.identifiers import Identifier
from sgkpi.model.problems import Problem, Severity, sort_problems


def identifier_warnings(extract: Extract, tables: Iterable[str]) -> tuple[Problem, ...]:
    """Return a warning for each column of these tables that identifies people by its header or its first rows."""
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
    """Describe a column that identifies people, in one sentence."""
    sees = "show" if identifier.by_header and identifier.by_values else "shows" if identifier.by_header else "show"
    return f"'{identifier.header}' holds {identifier.kind.value}, as {identifier.known_by} {sees}: leave it out"
