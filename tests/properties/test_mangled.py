"""Files mangled at random: never a fault of ours, never a row lost in silence, never a guess about a date.

What ought to be counted is worked out here from the bytes alone, line by line: with quotation marks
and NUL characters in the file, lines are not rows, and only the first of the three is looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import event, given
from hypothesis import strategies as st

from sgkpi import api
from sgkpi.api import Results
from sgkpi.model.errors import ExtractError, SgkpiError
from sgkpi.model.periods import Month
from tests.properties.examples import per_cent
from tests.support.catalogue import shipped
from tests.support.workbooks import parts_of, write_parts, write_workbook

CATALOGUE = shipped()
HEADERS = ("contact_id", "person_id", "received_at", "decided_at", "source", "team")
NEEDED = {"person_id", "received_at", "decided_at", "source", "team"}
AS_OF = datetime(2019, 3, 31, 23, 59)
DATES = (
    "2019-02-05 09:00",
    "05/02/2019 09:30",
    "2019-02-28T23:59:59",
    "13-Feb-2019",
    "02/13/2019",
    "43501.5",
    "tbc",
    "",
)
FORMS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%b-%Y",
)  # fmt: skip
SPACE = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u2000\u3000\ufeff"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252")
BITS = (
    b'"',
    b"\n",
    b"\r",
    b"\r\n",
    b",",
    b";",
    b"\t",
    b"\0",
    b"\xff",
    b"\xe9",
    b" ",
    b'" ',
    b' "',
    b'"x',
    b"'",
    b"<",
    b"#N/A",
    b"\n\n\n",
)


@dataclass(frozen=True)
class Counted:
    """Rows below the header, and of those how many were received in February 2019; None where it cannot be told."""

    rows: int
    in_february: int | None


@st.composite
def mangled_files(draw: st.DrawFn) -> bytes:
    """A table of contacts, written in one way or another, and then mangled."""
    lines = [HEADERS]
    for number in range(draw(st.integers(1, 12))):
        dates = (draw(st.sampled_from(DATES)), draw(st.sampled_from(DATES)))
        lines.append((f"C{number}", f"P{number}", *dates, draw(st.sampled_from(["police", "7", ""])), "Café"))
    delimiter = draw(st.sampled_from(",;\t"))
    text = "".join(delimiter.join(line) + draw(st.sampled_from(["\n"] * 8 + ["\r\n", "\n\n"])) for line in lines)
    content = (draw(st.sampled_from(["", "", "List 1: contacts\n\n"])) + text).encode(draw(st.sampled_from(ENCODINGS)))
    for _ in range(draw(st.integers(0, 4))):
        content = draw(st.sampled_from(MANGLES))(content, draw)
    return content


def flip(content: bytes, draw: st.DrawFn) -> bytes:
    if not content:
        return content
    place = draw(st.integers(0, len(content) - 1))
    return content[:place] + bytes([content[place] ^ draw(st.integers(1, 255))]) + content[place + 1 :]


def cut(content: bytes, draw: st.DrawFn) -> bytes:
    first, last = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
    return content[:first] + content[last:]


def insert(content: bytes, draw: st.DrawFn) -> bytes:
    place = draw(st.integers(0, len(content)))
    return content[:place] + draw(st.sampled_from(BITS)) + content[place:]


def other_delimiter(content: bytes, draw: st.DrawFn) -> bytes:
    place = draw(st.integers(0, len(content)))
    old, new = draw(st.sampled_from([(b",", b";"), (b";", b","), (b"\t", b","), (b",", b"|")]))
    return content[:place] + content[place:].replace(old, new)


def other_encoding(content: bytes, draw: st.DrawFn) -> bytes:
    row = "X1,X2,2019-02-06 10:00,,police,Équipe\n"
    return content + row.encode(draw(st.sampled_from(ENCODINGS)))


MANGLES: list[Callable[[bytes, st.DrawFn], bytes]] = [flip, cut, insert, other_delimiter, other_encoding]


def count_by_lines(content: bytes) -> Counted | None:
    """What stands in the file, without any reader of CSV; None where lines are not rows."""
    text = decoded(content)
    if text is None or '"' in text or "\0" in text:
        return None
    lines = re.split("\r\n|\r|\n", text)
    found = [(place, each) for place, line in enumerate(lines) for each in ",;\t" if is_header(line.split(each))]
    if not found:
        return None
    place, delimiter = found[0]
    header = [cell.strip(SPACE).lower() for cell in lines[place].split(delimiter)]
    below = [line.split(delimiter) for line in lines[place + 1 :]]
    rows = [cells for cells in below if any(cell.strip(SPACE) for cell in cells)]
    return Counted(len(rows), received_in_february(header, [cells for cells in rows if len(cells) <= len(header)]))


def decoded(content: bytes) -> str | None:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None if error.encoding.startswith("utf-16") else content.decode("windows-1252", "replace")


def is_header(cells: list[str]) -> bool:
    return {cell.strip(SPACE).lower() for cell in cells} >= NEEDED


def received_in_february(header: list[str], rows: list[list[str]]) -> int | None:
    """How many rows, unless one stands for another, by its key, or a time has a zone or a fraction."""
    if "contact_id" not in header:
        return None
    keys = [tuple(cell_of(header, row, name).casefold() for name in ("contact_id", "person_id")) for row in rows]
    if len(set(keys)) < len(keys) or any("" in key or "-" in key for key in keys):
        return None
    received = [cell_of(header, row, "received_at") for row in rows]
    if any(re.search(r"[zZ+.]|\d-\d\d:", text) for text in received if text not in DATES):
        return None
    return sum(is_in_february(text) for text in received)


def cell_of(header: list[str], row: list[str], name: str) -> str:
    place = header.index(name)
    return row[place].strip(SPACE) if place < len(row) else ""


def is_in_february(text: str) -> bool:
    for form in FORMS if text.isascii() else ():
        try:
            moment = datetime.strptime(re.sub(" +", " ", text), form)
        except ValueError:
            continue
        return (moment.year, moment.month) == (2019, 2)
    return False


def compute(path: Path, engine: str) -> Results:
    extract = api.open_extract(path, CATALOGUE)
    return api.compute(extract, CATALOGUE, months=[Month(2019, 2)], as_of=AS_OF, engine=engine)


def left_out(results: Results) -> int:
    """How many rows are reported as left out."""
    messages = [problem.message for problem in results.problems if problem.code == "ragged-row"]
    return sum(int(message.split()[0].replace(",", "")) for message in messages)


def placed(results: Results, indicator: str) -> int:
    (total,) = [each for each in results.figures if each.indicator == indicator and each.breakdown is None]
    outcomes = (total.met, total.not_met, total.overdue, total.counted, total.not_due, total.unknown, total.excluded)
    return sum(each or 0 for each in outcomes)


@per_cent(33)
@given(mangled_files())
def test_a_mangled_file_loses_nothing_in_silence(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "contacts.csv").write_bytes(content)
        try:
            results = compute(Path(folder), "duckdb")
        except ExtractError:
            event("refused")
            return
    expected = count_by_lines(content)
    if expected is None or not results.tables:
        event("computed")
        return
    (table,) = results.tables
    assert table.rows + left_out(results) == expected.rows
    if expected.in_february is not None and not left_out(results):
        event("counted")
        assert placed(results, "contacts_decided_24h") == expected.in_february


@per_cent(20)
@given(mangled_files())
def test_both_engines_refuse_it_or_count_the_same(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "contacts.csv").write_bytes(content)
        first, second = figures(Path(folder), "duckdb"), figures(Path(folder), "reference")
    event("refused" if first is None else "computed")
    assert first == second


def figures(path: Path, engine: str) -> tuple[object, ...] | None:
    """What an engine makes of a file; None where it is refused."""
    try:
        results = compute(path, engine)
    except SgkpiError:
        return None
    tables = [(each.table, each.rows) for each in results.tables]
    return results.figures, results.unplaced, tables


@cache
def parts() -> dict[str, bytes]:
    """What a workbook with one contact consists of."""
    rows = [HEADERS, ("C1", "P1", datetime(2019, 2, 5, 9), datetime(2019, 2, 5, 10), "police", "North")]
    with TemporaryDirectory() as folder:
        return parts_of(write_workbook(Path(folder) / "x.xlsx", {"List 1": rows}))


@per_cent(33)
@given(st.data())
def test_a_mangled_workbook_is_refused_or_read(data: st.DataObject) -> None:
    sheet, *others = sorted(parts(), key=lambda name: "sheet1" not in name)
    name = data.draw(st.sampled_from([sheet] * 5 + others))
    content = parts()[name]
    for _ in range(data.draw(st.integers(1, 3))):
        content = data.draw(st.sampled_from([flip, cut, insert]))(content, data.draw)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        write_parts(path, {**parts(), name: content})
        try:
            results = compute(path, "duckdb")
        except ExtractError:
            event("refused")
            return
    event("computed")
    assert results.tables == () or placed(results, "contacts_decided_24h") <= 1
