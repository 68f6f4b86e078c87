"""The sentences of findings: on rows as `engines/checks.py` words them, on whole tables here."""

from collections.abc import Sequence

from sgkpi.answers.check.events import EventsFinding
from sgkpi.engines.checks import Check, describe_rows
from sgkpi.engines.quality import RowFinding
from sgkpi.figures.numbers import show_count
from sgkpi.model.table import Table
from sgkpi.model.words import plural


def describe(found: RowFinding, table: Table) -> str:
    """Return one sentence on a finding in the rows of a table, without their places."""
    detail = found.detail
    if found.check is Check.RULE:
        text = next((rule.text for rule in table.rules if rule.name == detail), "")
        detail = f"'{detail}': {text}"
    elif found.check is Check.FUTURE_DATE:
        detail = "happened" if found.columns[0] == table.happened else ""
    return describe_rows(found.check, found.count, found.columns, detail, found.keys or 0)


def describe_events(found: EventsFinding, table: Table) -> str:
    """Return one sentence on months that lack rows."""
    when = str(found.first) if found.first == found.last else f"{found.first} to {found.last}"
    before = f"{show_count(found.usual)} a month was usual in the twelve months before"
    if found.check is Check.FEW_EVENTS:
        return f"only {plural(found.rows, 'row')} of {when}: {before}"
    if found.check is Check.NO_EVENTS:
        when += ", the latest complete month" if found.months == 1 else ", the latest complete months"
    return f"no row has its '{table.happened}' in {when}: {before}"


def describe_undeclared(headers: Sequence[str]) -> str:
    """Return one sentence on columns that no declaration knows."""
    listed = ", ".join(f"'{header}'" for header in headers)
    columns = plural(len(headers), "column")
    return f"{columns} that nobody declared {'is' if len(headers) == 1 else 'are'} not read: {listed}"
