"""Tables with long names and headings: nothing overflows, and what is folded keeps its place."""

from sgkpi.documents.document import Document, TableBlock, TableColumn, column
from tests.support.screens import shown

ROWS = ("Contacts decided in time", "  Locality team: Safeguarding and Court Work Team (North and Thornbury)")


def lines(width: int, *headings: str) -> list[str]:
    columns = (
        column(headings[0], ROWS, str),
        *(column(each, ROWS, lambda _: "1", right=True) for each in headings[1:]),
    )
    return [line.rstrip() for line in shown(Document((TableBlock(columns),)), width).splitlines()]


def test_a_name_that_is_folded_keeps_its_margin() -> None:
    assert lines(40, "Name", "Cases", "Value")[2:] == [
        "Contacts decided in time        1      1",
        "  Locality team:                1      1",
        "  Safeguarding and Court",
        "  Work Team (North and",
        "  Thornbury)",
    ]


def test_above_its_cells_too() -> None:
    assert lines(32, "Name", *("Cases in the month", "Value"))[2:] == [
        "Contacts decided in time",
        "                   1      1",
        "  Locality team: Safeguarding",
        "  and Court Work Team (North and",
        "  Thornbury)",
        "                   1      1",
    ]


def test_a_heading_longer_than_its_names_is_folded() -> None:
    found = lines(40, "Locality team responsible at the time", "Cases", "Value")
    assert found[:2] == ["Locality team responsible", "at the time                 Cases  Value"]
    assert max(map(len, found)) <= 40


def test_names_and_a_column_that_wraps_share_the_room() -> None:
    reading = "an improvement: seven months in a row above the mean"
    columns = (
        column("Name", ("Contacts that were decided within one day of their receipt",), str),
        TableColumn("Variation", (reading,), wraps=True),
        column("Target", ("inconsistent",), str, 20),
    )

    def table(width: int) -> list[str]:
        return [line.rstrip() for line in shown(Document((TableBlock(columns),)), width).splitlines()][2:]

    assert table(60) == [
        "Contacts that were      an improvement: seven   inconsistent",
        "decided within one day  months in a row above",
        "of their receipt        the mean",
    ]
    assert table(56) == [
        "Contacts that were decided   an improvement: seven",
        "within one day of their      months in a row above the",
        "receipt                      mean",
        "Hidden for lack of width: Target",
    ]
