"""A title above the header of a CSV file, as a sheet has it that was saved as one."""

from pathlib import Path

import pytest

from tests.extracts.support import HEADER, ROW, only_file, open_files, read_with_duckdb, said

CELLS = [("C1", "P1", "2019-02-05 14:30", "North")]


@pytest.mark.parametrize(
    ("above", "rows"),
    [
        ("List 1: contacts\n", "row 1"),
        ("List 1: contacts,,,\n,,,\n", "row 1"),
        ("\n\nList 1\n\n", "row 3"),
        ("List 1\r\nof 2019\r\n", "rows 1, 2"),
        ('"Contacts, February"\n', "row 1"),
        ("Team,North\nPrinted,01/03/2019\n\n", "rows 1, 2"),  # for what a report was run
        ("Date of Contact,01/02/2019,28/02/2019\n", "row 1"),
        (",Child Unique ID,Équipe\n", "row 1"),  # a header of groups
    ],
)
def test_what_stands_above_the_header_is_left_out_and_said(tmp_path: Path, above: str, rows: str) -> None:
    extract = open_files(tmp_path, {"contacts.csv": (above + HEADER + ROW).replace("\r\n", "\n")})
    file = only_file(extract)
    lines = above.count("\n")
    assert (file.skip, read_with_duckdb(file)) == (lines, CELLS)
    (message,) = said(extract)
    assert message == (
        f"contacts.csv: warning: the header is in row {lines + 1}; the text above it is ignored ({rows}) [above-header]"
    )


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_delimiter_is_that_of_the_header_and_not_of_the_title(tmp_path: Path, delimiter: str) -> None:
    text = "Contacts, by team, of the council, in full\n" + (HEADER + ROW).replace(",", delimiter)
    file = only_file(open_files(tmp_path, {"contacts.csv": text}))
    assert (file.delimiter, file.skip, read_with_duckdb(file)) == (delimiter, 1, CELLS)


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c,d\n" + ROW,  # nothing below is a header
        "team,a,b,c\n" + HEADER + ROW,  # a row as wide as the one below is no title
        "a,b,c,d\nC1,P1,2019-02-05,team\n",  # one cell that happens to be called like one
        '"Contacts\nof the council"\n' + HEADER + ROW,  # lines above can be skipped, parts of a cell cannot
        "x\n" * 30 + HEADER + ROW,  # too far down
    ],
)
def test_what_is_no_title_is_taken_for_the_header(tmp_path: Path, text: str) -> None:
    messages = said(open_files(tmp_path, {"contacts.csv": text}))
    assert len(messages) == 2
    assert all(message.endswith("[missing-column]") for message in messages)
