"""Delimiters, encodings, and what stands above the header: read as they are, or rewritten and said."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.extracts.support import HEADER, ROW, only_file, open_files, read_with_duckdb, said

CELLS = [("C1", "P1", "2019-02-05 14:30", "North")]
TEXT = HEADER + ROW
CHUNK = 1 << 20


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("above", ["", "\n", "\r\n \r\n", ",,,\n\n", '""\n'])
def test_delimiters_and_blank_lines_above_the_header(tmp_path: Path, delimiter: str, above: str) -> None:
    file = only_file(open_files(tmp_path, {"contacts.csv": above + TEXT.replace(",", delimiter)}))
    assert (file.delimiter, file.skip) == (delimiter, above.count("\n"))
    assert read_with_duckdb(file) == CELLS


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("person_id;received_at;notes, if any, in full, or none", ";"),
        ("person_id;received_at, local", ";"),  # under a comma no header would be known
        ('person_id,"received; or sent; or not",received_at', ","),
        ('"a;b";person_id;received_at', ";"),
        ("person_id\treceived_at\tname, first", "\t"),
    ],
)
def test_the_header_tells_the_delimiter(tmp_path: Path, header: str, delimiter: str) -> None:
    extract = open_files(tmp_path, {"contacts.csv": f"{header}\n"})
    files = extract.tables["contacts"].files if "contacts" in extract.tables else ()
    if files:
        assert files[0].delimiter == delimiter
    else:
        assert "received_at, local" in said(extract)[-1]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("above", ["", "\n\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(
    tmp_path: Path, encoding: str, above: str, line_end: str, compressed: bool
) -> None:
    text = above + HEADER + "C1,P1,2019-02-05 14:30,Équipe\n" * 3
    content = text.replace("\n", line_end).encode(encoding)
    files = {"contacts.csv.gz": gzip.compress(content, mtime=0)} if compressed else {"contacts.csv": content}
    extract = open_files(tmp_path, files)
    file = only_file(extract)
    assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05 14:30", "Équipe")] * 3
    assert file.skip == len(above)
    rewritten = encoding not in ("utf-8", "utf-8-sig") or line_end == "\r"
    assert file.path.is_relative_to(tmp_path / "scratch") == rewritten
    spoken = encoding == "windows-1252"
    assert [problem.code for problem in extract.problems] == ["windows-1252"] * spoken


def test_windows_1252_is_said(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"contacts.csv": HEADER.encode() + b"C1,P1,2019-02-05,Caf\xe9 \x80 \x81\n"})
    assert said(extract) == ["contacts.csv: warning: the file is not UTF-8; it is read as Windows-1252 [windows-1252]"]
    assert read_with_duckdb(only_file(extract))[0][3] == "Café € \ufffd"


def test_nul_characters_are_left_out_and_said(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"contacts.csv": TEXT.replace("North", "No\0rth") + "\0\0\0"})
    assert said(extract) == ["contacts.csv: warning: NUL characters in the file are ignored [nul-characters]"]
    assert read_with_duckdb(only_file(extract)) == CELLS


def test_a_character_across_the_bounds_of_a_chunk_is_whole(tmp_path: Path) -> None:
    lead = HEADER + "C0,P1,2019-02-05 14:30,"
    text = lead + "x" * (CHUNK - len(lead) - 1) + "é\n" + ROW
    assert text.encode()[CHUNK - 1 : CHUNK + 1] == "é".encode()
    extract = open_files(tmp_path, {"contacts.csv": text})
    assert extract.problems == ()
    assert only_file(extract).path == tmp_path / "extract" / "contacts.csv"


@pytest.mark.parametrize("place", [CHUNK + 10, 2 * CHUNK - 1, 3 * CHUNK - 1])
def test_a_byte_that_is_not_utf_8_is_found_wherever_it_stands(tmp_path: Path, place: int) -> None:
    content = bytearray((HEADER + ROW * (3 * CHUNK // len(ROW) + 1))[: 3 * CHUNK].encode())
    content[place] = 0xE9
    assert said(open_files(tmp_path, {"contacts.csv": bytes(content)}))[0].endswith("[windows-1252]")


def test_an_unfinished_character_before_an_ascii_chunk_is_not_utf_8(tmp_path: Path) -> None:
    lead = (HEADER + "C0,P1,2019-02-05,").encode()
    content = lead + b"x" * (CHUNK - len(lead) - 1) + b"\xc3" + b"\n" + ROW.encode()
    assert said(open_files(tmp_path, {"contacts.csv": content}))[0].endswith("[windows-1252]")


@pytest.mark.parametrize(
    "header", ['contact_id,person_id,"received_at",team', 'contact_id,person_id,received_at,"team ""A"""']
)
def test_quoted_headers(tmp_path: Path, header: str) -> None:
    file = only_file(open_files(tmp_path, {"contacts.csv": f"\ufeff{header}\r\n{ROW}"}))
    assert len(file.headers) == 4
    assert read_with_duckdb(file) == CELLS


@pytest.mark.parametrize(("team", "is_odd"), [("North", False), ("Équipe", False), ("Straße", True), ("\ufeffN", True)])
def test_a_mark_at_the_head_of_a_file_is_no_odd_letter(tmp_path: Path, team: str, is_odd: bool) -> None:
    file = only_file(open_files(tmp_path, {"contacts.csv": f"\ufeff{HEADER}{ROW.replace('North', team)}"}))
    assert file.odd_letters == is_odd


@pytest.mark.parametrize(
    ("moment", "may_have_zone"),
    [
        ("2019-02-01", False),
        ("2019-02-01 09:30:15.250", False),
        ("2019-02-01 09:30 North-East", False),
        ("2019-02-01T09:30Z", True),
        ("2019-02-01 09:30:15.123456 utc", True),
        ("2019-02-01 09:30\u3000+01:00", True),
        ('"2019-02-01 09:30\v\x1f-0000"', True),
        ('"2019-02-01 09:30" "Z"', True),
    ],
)
def test_zones_are_looked_for(tmp_path: Path, moment: str, may_have_zone: bool) -> None:
    row = f"1,2,{moment},North\n"
    assert only_file(open_files(tmp_path, {"contacts.csv": HEADER + row})).zones == may_have_zone


@pytest.mark.parametrize("content", [HEADER.encode("utf-16"), (HEADER + ROW * 50_000).encode()])
def test_zones_are_not_looked_for_in_long_files_and_rewritten_ones(tmp_path: Path, content: bytes) -> None:
    assert only_file(open_files(tmp_path, {"contacts.csv": content})).zones


QUOTED = 'C1,"P\n1",2019-02-05 14:30,"North"\n'
MIXED = [
    HEADER.replace("\n", "\r\n") + ROW * 2,
    HEADER + ROW.replace("\n", "\r\n") * 2,
    "\r\n\r\n" + HEADER + ROW * 2,
    "\n\n" + (HEADER + ROW * 2).replace("\n", "\r\n"),
    HEADER + ROW.replace("\n", "\r") + ROW,
    (HEADER + ROW).replace("\n", "\r\n") + ROW,
    HEADER + ROW.replace("\n", "\r") + ROW.replace("\n", "\r\n"),
    # As many carriage returns as line feeds, though not all of them in pairs
    HEADER.replace("\n", "\r\n") + ROW + ROW.replace("\n", "\r"),
    HEADER.replace("team", '"team\n"').replace("\nC", "\r\nC") + (ROW * 2).replace("\n", "\r\n"),
]


@pytest.mark.parametrize("text", MIXED)
def test_lines_that_end_differently(tmp_path: Path, text: str) -> None:
    """DuckDB on its own fails on these, or reads no row at all and says nothing."""
    file = only_file(open_files(tmp_path, {"contacts.csv": text}))
    assert read_with_duckdb(file) == CELLS * 2


@pytest.mark.parametrize("late", ["\n", "\r"])
def test_lines_that_end_differently_far_down(tmp_path: Path, late: str) -> None:
    count = CHUNK // len(ROW)
    text = (HEADER + ROW * count).replace("\n", "\r\n") + ROW.replace("\n", late) + ROW.replace("\n", "\r\n")
    assert len(read_with_duckdb(only_file(open_files(tmp_path, {"contacts.csv": text})))) == count + 2


@pytest.mark.parametrize("length", range(4))
def test_a_line_end_across_the_bounds_of_a_chunk_is_whole(tmp_path: Path, length: int) -> None:
    lead = HEADER.replace("\n", "\r\n") + "C0,P1,2019-02-05 14:30,"
    text = lead + "x" * (CHUNK - len(lead) - length) + "\r\n" + ROW.replace("\n", "\r\n")
    file = only_file(open_files(tmp_path, {"contacts.csv": text}))
    assert file.path == tmp_path / "extract" / "contacts.csv"
    assert read_with_duckdb(file)[1:] == CELLS


def test_a_line_feed_within_a_cell_of_a_windows_file(tmp_path: Path) -> None:
    text = (HEADER + ROW).replace("\n", "\r\n") + QUOTED.replace('"\n', '"\r\n')
    assert read_with_duckdb(only_file(open_files(tmp_path, {"contacts.csv": text})))[1][1] == "P\n1"


def test_a_header_over_several_lines_below_blank_ones(tmp_path: Path) -> None:
    file = only_file(
        open_files(tmp_path, {"contacts.csv": f'\n\n"contact_id\n",person_id,"received_at\n\n",team\n{ROW}'})
    )
    assert file.skip == 2
    assert read_with_duckdb(file) == CELLS


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("contacts.csv", b"PK\x03\x04rest", "an Excel workbook or an archive, not CSV"),
        ("contacts.csv", b"\xd0\xcf\x11\xe0rest", "an old Excel workbook, not CSV"),
        ("contacts.csv", b"\xef\xbb\xbf\r\n<HTML lang='en'><body>", "a web page or XML, not CSV"),
        ("contacts.csv", b'<?xml version="1.0"?><Workbook>', "a web page or XML, not CSV"),
        ("contacts.csv", b"PAR1rest", "a Parquet file, not CSV"),
        ("contacts.csv", gzip.compress(b"x", mtime=0), "rename it to end in .csv.gz"),
        ("contacts.csv.gz", gzip.compress(TEXT.encode(), mtime=0)[:-9], "gzip file is damaged or cut off"),
        ("contacts.csv.gz", TEXT.encode(), "not compressed; rename it to end in .csv"),
        ("contacts.csv.gz", gzip.compress(b"", mtime=0), "the file is empty"),
        ("contacts.csv", TEXT.encode("utf-16")[:-1], "UTF-16 file is damaged"),
        ("contacts.csv", b"\xef\xbb\xbf", "the file is empty"),
        ("contacts.csv", b'a,"b' + b"x" * 200_000, "is never closed"),
    ],
)
def test_files_that_cannot_be_taken(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    extract = open_files(tmp_path, {name: content})
    (line,) = said(extract)
    assert line.startswith(f"{name}: error: ")
    assert words in line
    assert list(extract.broken) == ["contacts"]


def test_one_header_without_a_line_end_is_a_file_without_rows(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"contacts.csv": "person_id,received_at"})
    assert said(extract) == ["contacts.csv: warning: the file has a header and no rows [no-rows]"]
    assert read_with_duckdb(only_file(extract)) == []


@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_bytes_make_it_fall_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    extract = open_files(tmp_path_factory.mktemp("any"), {"contacts.csv": content, "health_passports.parquet": content})
    assert {*extract.tables, *extract.broken} == {"contacts", "health_passports"}
