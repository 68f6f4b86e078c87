"""Extracts, workbooks, Parquet files, settings, definitions and commentary, mangled at random but from a seed.

Cells that a person might recognise hold CANARY, so that a message which repeats a cell gives itself away.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.workbooks import parts_of, write_parts, write_workbook

CANARY = "Qzx"
CONTACTS = ("contact_id", "person_id", "received_at", "decided_at", "source", "team", "score")
VISITS = ("visit_id", "person_id", "visited_on", "kind")
TABLES = {
    "contacts": """\
key: contact_id
person: person_id
happened: received_at
columns:
  contact_id: {type: text}
  person_id: {type: text, required: true}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
  source: {type: category, codes: {police: [Police, "7"], school: [School]}}
  team: {type: text}
  score: {type: number}
""",
    "visits": """\
key: visit_id
person: person_id
happened: visited_on
columns:
  visit_id: {type: text}
  person_id: {type: text, required: true}
  visited_on: {type: date, required: true}
  kind: {type: category, codes: {first: [First], review: [Review]}}
""",
}
INDICATORS = {
    "decided": """\
title: Contacts decided within 24 hours
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
by: [team, source]
improvement: increase
target: {green: 90%, amber: 80%}
basis: [A rule]
examples:
  - {is: met, contacts: {received_at: 2019-02-04 09:00, decided_at: 2019-02-05 09:00}}
""",
    "score": """\
title: Mean score of contacts with a visit
table: contacts
period: received_at
population: "source in ('police', 'school')"
related:
  visit: {table: visits, keep: latest, date: visited_on, until: as_of, where: "kind = 'review'"}
exclude: {never_seen: "visit.visited_on is null"}
measure: mean
value: score
improvement: none
basis: [A rule]
""",
}
BOARD = """\
title: Inspection of March 2019
since: 2019-02
points:
  - words: Decisions in time
    paragraphs: [3, 5]
    indicators: [decided]
    supporting: [score]
  - {words: Good assessments, evidence: audit}
"""
COMMENTARY = {
    "2019-02/inspection.md": """\
---
by: Head of improvement
on: 2019-03-06
points:
  - {point: 1, assessed: amber, next: A list, who: A. Manager, when: 2019-03-18}
  - {point: 2, assessed: red}
actions:
  - {what: Meet, who: Director, when: 2019-03-29, state: started}
---
The board met.
""",
    "2019-02/decided.md": "---\nfigure: 79.0%\npublic: yes\n---\nTwo of three were on leave.\n",
    "events.yaml": "- {month: 2019-01, indicators: [decided], text: Snow}\n- {month: 2019-02, text: More snow}\n",
}
SETTINGS = 'extracted_at = 2019-03-31T07:00:00\nsource = "Nightly"\n[covers]\ncontacts = 2018-04-01\n'
DATES = ("2019-02-05 09:00", "05/02/2019 09:30", "2019-02-28T23:59:59Z", "13-Feb-2019", "02/13/2019", "43501.5", "",
         "2019-02-05 09:00:00+01:00", "9999-12-31", "10000-01-01", "0001-01-01", "2019-03-31 01:30")  # fmt: skip
CELLS = ("", " ", "NULL", f"{CANARY} O'Hara", "=1+1", "-", "1e400", "nan", "٣", "\u00a0", "a\u2028b", "\x1b[31m", "ﬁ",
         "İ", "x" * 2000, "9" * 400, "1,234.50", "Police\u00a0", "\ufeff7", "../..", "%s{0}", "true")  # fmt: skip
BITS = (b'"', b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"\0", b"\xff", b"\xe9", b"\x80", b'" ', b'"x', b"'", b"<",
        b"&#0;", b"]]>", b"\xef\xbb\xbf", b"\xff\xfe", b"#N/A", b"\n\n", b"-" * 300, b"[" * 60, b"{")  # fmt: skip


@dataclass(frozen=True)
class Mangled:
    """What was written, and how many rows of contacts any reader finds in it, where that is certain."""

    kind: str
    rows: int | None = None


def write_project(folder: Path, random: Random) -> Mangled:
    """Write a project into a folder, one part of it mangled."""
    for name, text in TABLES.items():
        _write(folder / "indicators" / "tables" / f"{name}.yaml", text.encode())
    for name, text in INDICATORS.items():
        _write(folder / "indicators" / f"{name}.yaml", text.encode())
    _write(folder / "indicators" / "boards" / "inspection.yaml", BOARD.encode())
    for name, text in COMMENTARY.items():
        _write(folder / "commentary" / name, text.encode())
    _write(folder / "data" / "extract.toml", SETTINGS.encode())
    _write(folder / "data" / "visits.csv", _csv([VISITS, ("V1", "P1", "2019-02-01", "review")], ","))
    return random.choice(KINDS)(folder, random)


def _cells(folder: Path, random: Random) -> Mangled:
    """A sound CSV file of odd cells: every row must be read."""
    rows = _contacts(random)
    delimiter, encoding = random.choice(",;\t"), random.choice(["utf-8", "utf-8-sig", "utf-16"])
    _write(folder / "data" / "contacts.csv", _csv([CONTACTS, *rows], delimiter, encoding))
    return Mangled("cells", len(rows))


def _bytes(folder: Path, random: Random) -> Mangled:
    """A CSV file, whole or compressed, whose bytes are mangled."""
    encoding = random.choice(["utf-8", "utf-16", "windows-1252"])
    content = _csv([CONTACTS, *_contacts(random)], random.choice(",;\t"), encoding)
    _write(folder / "data" / "contacts.csv", mangle(content, random))
    return Mangled("bytes")


def _workbook(folder: Path, random: Random) -> Mangled:
    """A workbook, a part of which is mangled."""
    path = folder / "data.xlsx"
    values = [tuple(_typed(cell, random) for cell in row) for row in _contacts(random)]
    write_workbook(
        path, {"contacts": [CONTACTS, *values], "visits": [VISITS, ("V1", "P1", date(2019, 2, 1), "review")]}
    )
    if random.random() < 0.2:
        path.write_bytes(mangle(path.read_bytes(), random))
    else:
        parts = parts_of(path)
        name = random.choice(sorted(parts, key=lambda each: "sheet1" not in each)[: random.choice([1, len(parts)])])
        write_parts(path, {**parts, name: mangle(parts[name], random)})
    return Mangled("workbook")


def _parquet(folder: Path, random: Random) -> Mangled:
    """A sound Parquet file of odd types, all of whose rows must be read, or one whose bytes are mangled."""
    count = random.randint(1, 12)
    columns = {name: random.choice(ARRAYS)(count, random) for name in CONTACTS}
    path = folder / "data" / "contacts.parquet"
    pq.write_table(pa.table({**columns, "contact_id": pa.array([f"C{each}" for each in range(count)])}), path)
    if random.random() < 0.5:
        return Mangled("parquet", count)
    path.write_bytes(mangle(path.read_bytes(), random))
    return Mangled("parquet bytes")


def _definitions(folder: Path, random: Random) -> Mangled:
    """A definition or a declaration, mangled; the extract is sound."""
    _write(folder / "data" / "contacts.csv", _csv([CONTACTS, *_contacts(random)], ","))
    path = random.choice(sorted((folder / "indicators").rglob("*.yaml")))
    content = path.read_bytes()
    path.write_bytes(_lines(content, random) if random.random() < 0.6 else mangle(content, random))
    return Mangled("definitions")


def _commentary(folder: Path, random: Random) -> Mangled:
    """A file of commentary or the board, mangled; the extract is sound."""
    _write(folder / "data" / "contacts.csv", _csv([CONTACTS, *_contacts(random)], ","))
    names = ["indicators/boards/inspection.yaml", *(f"commentary/{name}" for name in COMMENTARY)]
    path = folder / random.choice(names)
    content = path.read_bytes()
    path.write_bytes(_lines(content, random) if random.random() < 0.6 else mangle(content, random))
    return Mangled("commentary")


def _settings(folder: Path, random: Random) -> Mangled:
    """A settings file of the extract or of the project, mangled."""
    _write(folder / "data" / "contacts.csv", _csv([CONTACTS, *_contacts(random)], ","))
    path = random.choice([folder / "data" / "extract.toml", folder / "sgkpi.toml"])
    content = SETTINGS.encode() if path.name == "extract.toml" else b'data = "data"\ncatalogue = "indicators"\n'
    path.write_bytes(_lines(content, random) if random.random() < 0.5 else mangle(content, random))
    return Mangled("settings")


KINDS: Sequence[Callable[[Path, Random], Mangled]] = (
    *(_cells, _bytes, _workbook, _parquet),
    *(_definitions, _settings, _commentary),
)


def mangle(content: bytes, random: Random) -> bytes:
    """Flip, cut, insert and double bytes, a few times."""
    for _ in range(random.randint(1, 4)):
        first = random.randrange(len(content) + 1)
        last = min(len(content), first + random.choice([1, 2, 10, 100, len(content)]))
        match random.choice(["flip", "cut", "insert", "double", "truncate"]):
            case "flip" if first < len(content):
                content = content[:first] + bytes([content[first] ^ random.randint(1, 255)]) + content[first + 1 :]
            case "cut":
                content = content[:first] + content[last:]
            case "double":
                content = content[:last] + content[first:]
            case "truncate" if random.random() < 0.3:
                content = content[:first]
            case _:
                content = content[:first] + random.choice(BITS) + content[first:]
    return content


def _lines(content: bytes, random: Random) -> bytes:
    """Swap, double, drop and indent lines, and put odd values after their colons."""
    lines = content.decode().splitlines()
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(lines))
        match random.choice(["swap", "double", "drop", "indent", "value"]):
            case "swap":
                other = random.randrange(len(lines))
                lines[place], lines[other] = lines[other], lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "drop" if len(lines) > 1:
                del lines[place]
            case "indent":
                lines[place] = random.choice(["  ", "\t", "- "]) + lines[place]
            case _:
                head, mark, _tail = lines[place].partition(random.choice([":", "="]))
                lines[place] = head + mark + " " + random.choice(VALUES)
    return "\n".join(lines).encode()


VALUES = ("", "null", "[]", "{}", "1", "[a, a]", "{x: {y: {}}}", "'", '"source = null"', '"(" ', "&a *a", "9" * 30,
          "!!python/x 1", "1e999", '"case when"', "2019-02-30", "contacts", "[" * 40, '"-(" ', "90",
          '"interval 1 days"', "-5%",
          '"1/0 > score"', '"team = source"', "0 hours", "999999999 working days", '"\\x00"')  # fmt: skip


def _contacts(random: Random) -> list[tuple[str, ...]]:
    def row(number: int) -> tuple[str, ...]:
        odd = [random.choice(CELLS) for _ in range(3)]
        dates = [random.choice(DATES) if random.random() < 0.9 else random.choice(CELLS) for _ in range(2)]
        person = f"{CANARY}{random.randint(1, 5)}" if random.random() < 0.9 else odd[0]
        source = random.choice(["police", "7", "School", f"{CANARY} unlisted", odd[1]])
        return (f"C{number}", person, *dates, source, random.choice(["North", odd[2]]), random.choice(["1.5", odd[0]]))

    return [row(number) for number in range(random.randint(1, 12))]


def _typed(cell: str, random: Random) -> object:
    """A cell as a program writes it into a workbook: typed, or as text."""
    text = "".join(each for each in cell if each >= " ") or None
    try:
        return datetime.fromisoformat(cell).replace(tzinfo=None) if random.random() < 0.7 else text
    except ValueError:
        return text


def _texts(count: int, random: Random) -> pa.Array[Any]:
    return pa.array([random.choice([None, *CELLS, *DATES]) for _ in range(count)])


def _moments(count: int, random: Random) -> pa.Array[Any]:
    unit, zone = random.choice(["s", "ms", "us", "ns"]), random.choice([None, "UTC", "Europe/Paris"])
    start = datetime(2019, 2, 1)
    values = [
        None if random.random() < 0.1 else start + timedelta(minutes=random.randint(0, 50_000)) for _ in range(count)
    ]
    return pa.array(values, pa.timestamp(unit, zone))


def _far_moments(count: int, random: Random) -> pa.Array[Any]:
    values = [random.choice([0, 2**50, -(2**50), 2**60, 253_402_300_800_000]) for _ in range(count)]
    return pa.array(values, pa.timestamp(random.choice(["ms", "us"])))


def _numbers(count: int, random: Random) -> pa.Array[Any]:
    values = [
        random.choice([None, 0.0, 1.5, float("nan"), float("inf"), -1e300, 20190205.0, 4e-320]) for _ in range(count)
    ]
    return pa.array(values, random.choice([pa.float64(), pa.float32()]))


def _others(count: int, random: Random) -> pa.Array[Any]:
    value, kind = random.choice(
        [
            (True, pa.bool_()),
            (date(2019, 2, 5), pa.date32()),
            (7, pa.int8()),
            (2**63, pa.uint64()),
            (Decimal("1.50"), pa.decimal128(38, 20)),
            (b"\xff\x00", pa.binary()),
            ([1, 2], pa.list_(pa.int64())),
            ({"a": 1}, pa.struct([("a", pa.int64())])),
            (None, pa.null()),
            (timedelta(seconds=5), pa.duration("us")),
            (time(22, 30, 0, 500), pa.time64("us")),
            (time(9), pa.time32("s")),
            (Decimal("1.50"), pa.decimal256(60, 2)),
        ]
    )
    return pa.array([value] * count, kind)


ARRAYS = (_texts, _texts, _moments, _far_moments, _numbers, _others)


def _csv(rows: Sequence[Sequence[str]], delimiter: str, encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode(encoding, "replace")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
