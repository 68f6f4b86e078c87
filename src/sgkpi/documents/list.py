"""The document of `list`: one line an indicator, by theme, and below it why an extract cannot carry some."""

from collections.abc import Callable, Iterator, Sequence

from sgkpi.answers.list import IndicatorList, Listed
from sgkpi.documents.document import NEEDED, Column, Document, Notes, Table
from sgkpi.documents.values import theme_name


def list_document(listed: IndicatorList) -> Document:
    """The indicators by theme; with an extract, whether it carries each, and the reasons below."""
    themes = list(dict.fromkeys(each.indicator.theme for each in listed.indicators))
    # Indicators without a theme come last.
    by_theme = sorted(
        listed.indicators, key=lambda each: (not each.indicator.theme, themes.index(each.indicator.theme))
    )

    def column(heading: str, cell: Callable[[Listed], str], priority: int = NEEDED) -> Column:
        return Column(heading, tuple(map(cell, by_theme)), priority)

    columns = (
        column("Title", lambda each: each.indicator.title),
        column("Id", lambda each: each.indicator.id),
        *([column("Available", lambda each: "yes" if each.available else "no")] if listed.with_extract else []),
        column("Measure", lambda each: each.indicator.measure.value, 30),
        column("By", lambda each: ", ".join(breakdown.name for breakdown in each.indicator.by), 20),
    )
    table = Table(columns, tuple(theme_name(each.indicator.theme) for each in by_theme))
    return Document((table, Notes(tuple(_reasons(by_theme))), Notes(())))


def _reasons(indicators: Sequence[Listed]) -> Iterator[str]:
    """One line for the indicators that share a reason."""
    ids: dict[tuple[bool, str], list[str]] = {}
    for each in indicators:
        if each.reason:
            ids.setdefault((bool(each.available), each.reason), []).append(each.indicator.id)
    for (available, reason), named in ids.items():
        yield f"{'Available' if available else 'Not available'}: {', '.join(named)}: {reason}"
