"""Quotation marks that swallow rows are found; those that belong where they stand are left alone."""

import gzip
from pathlib import Path

import pytest

from tests.extracts.support import HEADER, ROW, open_files, said

OTHER = "C2,P2,2019-02-06 10:00,South\n"
OPEN = ROW.replace("North", '"North')  # the mark that should follow is missing
CHUNK = 1 << 20
SWALLOWED = (
    'contacts.csv: warning: row 2: a cell contains lines that look like rows; is a quotation mark (") missing '
    "there? [swallowed-rows]"
)


def never_closed(row: int) -> str:
    return (
        f'contacts.csv: error: a quotation mark (") in row {row} is never closed, so that all below it would be one '
        "cell; close it, or take it out [open-quote]"
    )


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (HEADER + ROW + OPEN + OTHER * 3, 3),
        (HEADER + '"' + ROW + OTHER, 2),
        (HEADER + ROW + OTHER + OPEN.rstrip("\n"), 4),
        (HEADER + ROW.replace("North", '"a\nb"') + OPEN + OTHER, 3),
        (HEADER + ROW * (CHUNK // len(ROW)) + OPEN + OTHER, CHUNK // len(ROW) + 2),
    ],
)
def test_one_that_is_never_closed_is_an_error(tmp_path: Path, text: str, row: int) -> None:
    assert said(open_files(tmp_path, {"contacts.csv": text})) == [never_closed(row)]


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252"])
def test_it_is_found_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    content = (HEADER + ROW.replace("North", "Café") + OPEN + OTHER).encode(encoding)
    assert said(open_files(tmp_path, {"contacts.csv": content}))[-1] == never_closed(3)


def test_it_is_found_in_a_compressed_file(tmp_path: Path) -> None:
    content = gzip.compress((HEADER + OPEN + OTHER).encode())
    assert said(open_files(tmp_path, {"contacts.csv.gz": content})) == [never_closed(2).replace(".csv", ".csv.gz", 1)]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + OPEN + OTHER.replace("South", 'South"'),
        HEADER + OPEN + OTHER * 3 + OTHER.replace("South", 'South"') + ROW,
        HEADER + ROW.replace("P1", '"P1') + OTHER.replace("P2", 'P2"'),
        HEADER + OPEN + OTHER * (3 * CHUNK // len(OTHER)) + OTHER.replace("South", 'South"'),
    ],
)
def test_a_pair_that_is_no_pair_is_said(tmp_path: Path, text: str) -> None:
    assert said(open_files(tmp_path, {"contacts.csv": text})) == [SWALLOWED]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ROW.replace("North", '"North\n\nside"') + OTHER,
        HEADER + ROW.replace("North", '"a, b\nc, d, e, f, g\nh"') + OTHER,
        HEADER + ROW.replace("North", 'North 5"') + OTHER,  # within a cell it is a character like others
        HEADER + ROW.replace("North", 'North 5"') + OTHER * 3 + OTHER.replace("South", 'South 5"'),
        HEADER + ROW.replace("North", '"say ""north"""') + OTHER,
        "".join('"' + line.replace(",", '","') + '"\n' for line in (HEADER + ROW + OTHER * 9).splitlines()),
    ],
)
def test_those_that_belong_there_are_nothing_to_say(tmp_path: Path, text: str) -> None:
    extract = open_files(tmp_path, {"contacts.csv": text})
    assert said(extract) == []
    assert "contacts" in extract.tables
