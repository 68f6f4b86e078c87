"""The document of `list`: one line an indicator, by theme, and below it why an extract cannot carry some."""

from collections.abc import Iterator, Mapping, Sequence

from sgkpi.documents.document import Column, Document, Notes, Table
from sgkpi.documents.values import theme_name


def list_document(records: Sequence[Mapping[str, str]]) -> Document:
    """The records of `list`; whether an extract carries the indicator, where they say so, with the reasons below."""
    themes = list(dict.fromkeys(each["theme"] for each in records if each["theme"]))
    sorted_ = sorted(records, key=lambda each: themes.index(each["theme"]) if each["theme"] else len(themes))

    def column(heading: str, name: str, priority: int = 100) -> Column:
        return Column(heading, tuple(each[name] for each in sorted_), priority)

    columns = (
        column("Title", "title"),
        column("Id", "id"),
        *([column("Available", "available")] if any("available" in each for each in sorted_) else []),
        column("Measure", "measure", 30),
        column("By", "by", 20),
    )
    table = Table(columns, tuple(theme_name(each["theme"]) for each in sorted_))
    return Document((table, Notes(tuple(_reasons(sorted_))), Notes(())))


def _reasons(records: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """One line for the indicators that share a reason."""
    said: dict[tuple[str, str], list[str]] = {}
    for each in records:
        if each.get("reason"):
            said.setdefault((each["available"], each["reason"]), []).append(each["id"])
    for (available, reason), ids in said.items():
        heading = "Available" if available == "yes" else "Not available"
        yield f"{heading}: {', '.join(ids)}: {reason}"
