"""Moments as DuckDB reads them, against the reading of cells in Python: no white space stands for a digit."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.engines.duckdb.session.macros import WITHOUT_ZONES, create_macros
from sgkpi.engines.protocol import ENGINES
from sgkpi.extracts.cells import ZONE
from sgkpi.extracts.csv_text import clean_text
from sgkpi.extracts.moments import parse_datetime
from sgkpi.model.folding import WHITESPACE
from sgkpi.model.periods import EARLIEST_YEAR, Month
from tests.support.catalogue import shipped

FORMS = (
    "2019-02-15 14:30:25",
    "2019-02-15T14:30:25",
    "2019-02-15 14:30",
    "2019-02-15T14:30",
    "2019-02-15 14:30:25.125",
    "2019-02-15T14:30:25.125",
    "15/02/2019 14:30:25",
    "15/02/2019 14:30",
    "15/02/2019",
    "2019-02-15",
    "15-Feb-2019",
    "15-Feb-2019 14:30",
    "2019-07-15 14:30Z",
    "2019-07-15T00:00:00 +00:00",
    "2019-07-15 00:00 UTC",
    "2019-07-15 14:30-0130",
)

SPACES = " \t\n\v\f\r"


def without(text: str) -> Iterator[str]:
    """The text, and the text without each of its characters, and without each two."""
    yield text
    for one in range(len(text)):
        less = text[:one] + text[one + 1 :]
        yield less
        yield from (less[:two] + less[two + 1 :] for two in range(one, len(less)))


def padded(text: str, length: int) -> Iterator[str]:
    """The text with white space or a digit put in at each place, until it is so long again."""
    missing = length - len(text)
    for filling in (*(space * missing for space in SPACES), " \t"[:missing], "\n "[:missing], "7" * missing):
        yield from (text[:place] + filling + text[place:] for place in range(len(text) + 1))


def expected(text: str) -> datetime | None:
    moment = parse_datetime(text.strip(WHITESPACE))
    return None if moment is None else moment.value


@pytest.fixture(scope="module", name="connection")
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(create_macros())
    return connection


@pytest.mark.parametrize("form", FORMS)
def test_no_space_stands_for_a_digit(connection: duckdb.DuckDBPyConnection, form: str) -> None:
    texts = sorted({text for less in without(form) for text in padded(less, len(form))})
    rows = connection.execute(
        "select raw, kpi_moment(raw, false), kpi_spaced_moment(raw, false) from (select unnest($1::varchar[]) as raw)",
        [texts],
    ).fetchall()
    assert len(rows) > 1000
    for text, anywhere, spaces_only in rows:
        plausible = None if anywhere is None or anywhere.year < EARLIEST_YEAR else anywhere
        assert plausible == expected(text), repr(text)
        if not set(SPACES[1:]) & set(text):
            assert spaces_only == anywhere, repr(text)


def written_moment(draw: Random) -> str:
    """A text that is much like a moment: days and times that exist or not, any form and space, and zones."""

    def number(value: int, width: int = 2) -> str:
        return str(value).zfill(width if draw.random() < 0.8 else 1)

    year = draw.choice([2018, 2019, 2020, 1900, 9999, 1000, 999, 1976, 10000, 0, draw.randint(1000, 9999)])
    month, day = draw.choice([1, 2, 3, 10, 12, 13, 0]), draw.choice([0, 1, 15, 27, 28, 29, 30, 31, 32])
    name, space = (
        draw.choice(["Jan", "FEB", "oct", "Abc", "Sept"]),
        draw.choice([*" " * 6, "", "  ", "\t", "\xa0", "T"]),
    )
    if draw.random() < 0.1:
        year, month, day = 2019, 10, 27  # the clocks go back
    forms = [
        f"{number(year, 4)}-{number(month)}-{number(day)}",
        f"{number(day)}/{number(month)}/{number(year, 4)}",
        f"{number(day)}-{name}-{number(year, 4)}",
    ]
    text = draw.choice(forms)
    if draw.random() < 0.8:
        text += f"{space}{number(draw.choice([0, 1, 2, 9, 23, 24]))}:{number(draw.choice([0, 30, 59, 60]))}"
        text += draw.choice(["", f":{number(draw.choice([0, 7, 59, 60]))}"])
        text += draw.choice(["", "", ".5", ".123456789", ".1234567890", "."])
        zone = draw.choice(["Z", "utc", "+01:00", "+0130", "-05", "+00:00", "-23:59", "+24:00", "+1", "GMT"])
        text += draw.choice(["", space + zone])
    return draw.choice(["", "", " ", "\xa0", "x"]) + text + draw.choice(["", "", " ", "\n"])


@pytest.mark.parametrize("midnight", [False, True])
def test_a_moment_of_any_form_is_read_as_in_python(connection: duckdb.DuckDBPyConnection, midnight: bool) -> None:
    draw = Random(2019)
    texts = [written_moment(draw) for _ in range(60_000)]
    seen: Counter[str] = Counter()
    rows = connection.execute(
        "select raw, kpi_dated(p), p is null or kpi_is_implausible(p), coalesce(kpi_is_summer(p), false) from "
        "(select raw, kpi_moment(raw, $2) as p from (select unnest($1::varchar[]) as raw))",
        [texts, midnight],
    ).fetchall()
    for text, *read in rows:
        moment = parse_datetime(text.strip(WHITESPACE), midnight=midnight)
        if moment is None:
            assert read == [None, True, False], repr(text)
        else:
            seen.update(readable=1, placeholder=moment.is_placeholder, summer=moment.summer)
            value = None if moment.is_placeholder else moment.value
            assert read == [value, False, moment.summer and value is not None], repr(text)
    assert seen["readable"] > 4_000
    assert min(seen["placeholder"], seen["summer"]) > 10


def test_what_may_have_a_zone_is_known() -> None:
    """Without looking for zones, only text that may have one is read in another way."""
    connection, draw = duckdb.connect(), Random(2019)
    connection.execute(create_macros())
    texts = [written_moment(draw) for _ in range(60_000)]
    texts += [f"2019-02-15 14:30{space}{zone}" for space in WHITESPACE for zone in ("Z", "uTC", "-01", "+00:00")]
    both = []
    for statement in ("", f"create schema s; set search_path = 's,main'; {WITHOUT_ZONES}"):
        connection.execute(statement)
        query = "select kpi_moment(raw, false) from (select unnest($1::varchar[]) as raw)"
        both.append(connection.execute(query, [texts]).fetchall())
    differing = [text for text, before, after in zip(texts, *both, strict=True) if before != after]
    assert len(differing) > 400
    for text in differing:
        assert re.search(ZONE, text), repr(text)
        assert re.search(ZONE.encode(), text.encode()), repr(text)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("quoted", [False, True])
def test_a_file_with_odd_white_space_is_known(tmp_path: Path, space: str, quoted: bool) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + (b'"x",' if quoted else b"x,") + b"2019-02-05 14:30:5" + space.encode())
    clean = clean_text(tmp_path / "a.csv", compressed=False, rewritten=tmp_path / "b.csv")
    assert clean.has_spaces_only(",") == (space in " \n" and not quoted)
    assert clean.has_spaces_only("\t") == (space in " \n\t" and not quoted)


def test_a_file_that_is_rewritten_may_hold_any_white_space(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\nx,é\n", encoding="windows-1252")
    clean = clean_text(tmp_path / "a.csv", compressed=False, rewritten=tmp_path / "b.csv")
    assert not clean.has_spaces_only(",")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", ENGINES)
def test_a_second_of_one_digit_is_unreadable_beside_any_white_space(tmp_path: Path, name: str, ending: str) -> None:
    decided = [f"2019-02-05 14:30:5{space}" for space in SPACES]
    decided += [f"2019-02-05 {space}4:30:15" for space in SPACES[1:]] + ["2019-02-05 14:30:05", " 2019-02-05 14:30:05"]
    ids = [str(number) for number in range(len(decided))]
    columns = {"contact_id": ids, "person_id": ids, "received_at": ["2019-02-04 15:00"] * len(ids)}
    columns |= {"decided_at": decided, "source": ["police"] * len(ids), "team": ["North"] * len(ids)}
    if ending == "csv":
        with (tmp_path / "contacts.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows([list(columns), *zip(*columns.values(), strict=True)])
    else:
        pq.write_table(pa.table(columns), tmp_path / "contacts.parquet")
    catalogue = shipped()
    extract = api.open_extract(tmp_path, catalogue)
    results = api.compute(
        extract,
        catalogue,
        months=[Month(2019, 2)],
        indicators=["contacts_decided_24h"],
        as_of=datetime(2019, 3, 4),
        engine=name,
    )
    (figure,) = results.figures
    # Any space stands between date and time, so that `4:30` is an hour of one digit; none stands for a digit.
    assert (figure.numerator, figure.denominator, figure.unknown) == (7, 7, len(SPACES))
    assert [(each.reason, each.cases) for each in results.reasons if each.reason] == [("unreadable", len(SPACES))]


def test_each_file_of_a_table_is_read_by_what_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "contacts").mkdir()
    for name, cell in (("a.csv", "2019-02-05 14:30:05"), ("b.csv", "2019-02-05 14:30:5\t")):
        text = (
            f"contact_id,person_id,received_at,decided_at,source,team\n{name},1,2019-02-04 15:00,{cell},police,North\n"
        )
        (tmp_path / "contacts" / name).write_text(text, encoding="utf-8")
    catalogue = shipped()
    asked = {"months": [Month(2019, 2)], "indicators": ["contacts_decided_24h"], "as_of": datetime(2019, 3, 4)}
    (figure,) = api.compute(api.open_extract(tmp_path, catalogue), catalogue, **asked).figures  # type: ignore[arg-type]
    assert (figure.met, figure.unknown) == (1, 1)
