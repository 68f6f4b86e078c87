"""The SQL that `explain` shows, run by plain DuckDB over typed tables, gives the figures that sgkpi gives."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
import pytest

from sgkpi import api
from sgkpi.engines.explain.statement import explained_sql
from sgkpi.engines.sql.layout import RESERVED, name
from sgkpi.figures.figure import Figure
from sgkpi.judge.tables import Row, load_table
from sgkpi.judge.values import Moment, Value
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Kind
from sgkpi.model.periods import Month
from sgkpi.model.table import Table
from sgkpi.planning.availability import tables_of

ROOT = Path(__file__).parents[2]
AS_OF = datetime(2019, 3, 4, 7)
FEBRUARY = Month(2019, 2)
TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.CATEGORY: "VARCHAR",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DECIMAL(18, 6)",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
    Kind.MONTH: "DATE",
}
COUNTS = ("met", "not_met", "overdue", "counted", "not_due", "unknown", "excluded")
Clean = Mapping[str, tuple[Table, list[Row]]]


def written(value: Value) -> str:
    """A value as a cell that sgkpi and DuckDB read alike: a month as its first day."""
    match value:
        case None:
            return ""
        case Moment(moment, has_time):
            return moment.isoformat(" ") if has_time else moment.date().isoformat()
        case Month():
            return value.first_day.isoformat()
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def without_faults(rows: Iterable[Row], table: Table) -> list[Row]:
    """The rows in which every cell can be read, with a key that no other row has."""
    found = list(rows)
    keys = [tuple(row.values.get(name) for name in table.key) for row in found]
    times = Counter(keys)
    return [
        row
        for row, key in zip(found, keys, strict=True)
        if not row.unreadable and None not in key and (not table.key or times[key] == 1)
    ]


def clean(folder: Path, catalogue: Catalogue) -> Clean:
    extract = api.open_extract(folder, catalogue)
    tables = {name: (source.table, load_table(source).rows) for name, source in extract.tables.items()}
    return {name: (table, without_faults(rows, table)) for name, (table, rows) in tables.items()}


def write_extract(tables: Clean, folder: Path) -> None:
    for table, rows in tables.values():
        lines = [",".join(table.columns)]
        lines += [",".join(f'"{written(row.values.get(column))}"' for column in table.columns) for row in rows]
        (folder / f"{table.name}.csv").write_text("\n".join(lines) + "\n", "utf-8")


def typed_tables(catalogue: Catalogue, folder: Path) -> duckdb.DuckDBPyConnection:
    """The CSV files of a folder as typed tables."""
    connection = duckdb.connect()
    for path in folder.glob("*.csv"):
        columns = catalogue.tables[path.stem].columns.values()
        typed = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in columns)
        connection.execute(f'create table "{path.stem}" ({typed})')
        connection.execute(f"copy \"{path.stem}\" from '{path}' (header)")
    return connection


def run(connection: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    found = connection.execute(statement)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def assert_same(row: Mapping[str, Any], figure: Figure) -> None:
    told = {name: row[name] for name in COUNTS if name in row}
    assert told == {name: getattr(figure, name) for name in told}, figure.indicator
    if figure.value is None:
        assert row["figure"] is None
    else:
        assert row["figure"] == pytest.approx(float(figure.value), rel=1e-12), figure.indicator


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, Path, duckdb.DuckDBPyConnection]:
    """The sample without its rows at fault, as an extract and as typed tables."""
    catalogue = carried(api.load_catalogue(ROOT / "indicators"))
    folder = tmp_path_factory.mktemp("clean")
    tables = clean(ROOT / "sample_data", catalogue)
    write_extract(tables, folder)
    return catalogue, folder, typed_tables(catalogue, folder)


def carried(catalogue: Catalogue) -> Catalogue:
    """The catalogue without the indicators whose tables the sample lacks."""
    tables = api.open_extract(ROOT / "sample_data", catalogue).tables
    known = {name: each for name, each in catalogue.indicators.items() if tables_of(each).keys() <= tables.keys()}
    return replace(catalogue, indicators=known)


def compute(catalogue: Catalogue, folder: Path, by: tuple[str, ...] = ()) -> tuple[Figure, ...]:
    results = api.compute(api.open_extract(folder, catalogue), catalogue, months=[FEBRUARY], as_of=AS_OF, by=by)
    return results.figures


def assert_explained(catalogue: Catalogue, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Every indicator's statement gives its figures, in total and by each of its breakdowns."""
    figures = compute(catalogue, folder, by=("all",))
    assert {each.indicator for each in figures} == {*catalogue.indicators}
    for indicator in catalogue.indicators.values():
        statement = explained_sql(indicator, catalogue)
        for breakdown in (None, *(each.name for each in indicator.by)):
            by = statement if breakdown is None else statement.replace(f"-- {breakdown},", f"{breakdown},")
            rows = {row[breakdown] if breakdown else None: row for row in run(connection, by)}
            for figure in figures:
                if (figure.indicator, figure.breakdown) == (indicator.id, breakdown) and has_cases(figure):
                    assert_same(rows.pop(figure.category), figure)
            assert not rows


def has_cases(figure: Figure) -> bool:
    return any(getattr(figure, name) for name in COUNTS)


def test_the_sample(sample: tuple[Catalogue, Path, duckdb.DuckDBPyConnection]) -> None:
    catalogue, folder, connection = sample
    assert len(catalogue.indicators) == 22
    assert_explained(catalogue, folder, connection)


CONTACTS = "title: X\ntable: contacts\nperiod: received_at\n"
EPISODES = "title: X\ntable: missing_episodes\nperiod: returned_at\n"
LEAVERS = "title: X\ntable: care_leavers\npoint_in_time: {from: eligible_from, to: eligible_to}\n"
BEYOND = {
    "mean_hours": EPISODES + """
        measure: mean
        value: "coalesce(hours_between(null, returned_at), hours_between(went_missing_at, returned_at))"
        by: [long: "returned_at > went_missing_at + interval 1 day", team]
    """,
    "median_age": CONTACTS + """
        related: {child: {table: children, keep: only}}
        measure: median
        value: "age_years(child.birth_month, received_at)"
        by: [age: {value: "age_years(child.birth_month, received_at)", bands: [1, 5, 10, 16]}]
    """,
    "maximum_wait": CONTACTS + """
        measure: maximum
        value: "case when source = 'police' then working_days_between(received_at, decided_at) / 2 end"
    """,
    "ratio_of_hours": EPISODES + """
        measure: ratio
        value: "hours_between(went_missing_at, returned_at) / 3"
        per: "case when missing_from = 'care' then 1.5 when missing_from = 'home' then 1 end"
        by: [team]
    """,
    "again_within_3_months": EPISODES + """
        related:
          earlier: {table: missing_episodes, keep: count, date: went_missing_at, until: went_missing_at,
                    within: 3 months}
        exclude: {often: "earlier.count >= 3"}
        measure: proportion
        met: "earlier.count = 0"
        by: [earlier: earlier.count]
    """,
    "again_within_48_hours": EPISODES + """
        related:
          before: {table: missing_episodes, keep: latest, date: returned_at, until: went_missing_at}
          soon: {table: missing_episodes, keep: count, date: went_missing_at, until: returned_at, within: 48 hours}
          days: {table: missing_episodes, keep: count, date: went_missing_at, until: as_of, within: 9 working days}
        measure: proportion
        met: "soon.count = 0 and (before.returned_at is null or days.count < 1)"
    """,
    "only_stay": LEAVERS + """
        related: {stay: {table: accommodation, keep: only, date: start_date, where: "suitable"}}
        population: "stay.accommodation_type is not null"
        measure: count
        by: [team, kind: stay.accommodation_type]
    """,
    "first_review_due": LEAVERS + """
        related:
          first: {table: pathway_plan_reviews, keep: earliest, date: reviewed_on, where: "kind <> 'review'"}
        measure: proportion
        clock:
          start: eligible_from
          stop: first.reviewed_on
          due: "case when eligibility = 'relevant' then eligible_from + interval 1 month
                else eligible_from + interval 12 weeks end"
        because: {late: "first.reviewed_on is not null"}
    """,
    "first_review_in_working_days": LEAVERS + """
        related:
          review: {table: pathway_plan_reviews, keep: latest, date: reviewed_on}
          reviews: {table: pathway_plan_reviews, keep: count, date: reviewed_on}
        exclude: {new: "eligible_from - interval 0 working days > reference_day - interval 3 working days"}
        measure: proportion
        clock:
          due: "case when reviews.count = 0 then eligible_from + interval 20 working days
                else review.reviewed_on + interval 6 months end"
    """,
    "decided_after_hours": CONTACTS + """
        measure: proportion
        clock:
          start: "greatest(received_at, case when source = 'police' then received_at + interval 1 day end)"
          stop: "coalesce(decided_at, case when outcome = 'referral' then received_at + interval 20 days end)"
          within: 24 hours
    """,
    "decided_by_date": CONTACTS.replace("received_at", "due") + """
        measure: proportion
        clock:
          start: "date(received_at) + interval 1 working day"
          stop: "greatest(date(decided_at), case when decided_at is not null then date(received_at) end)"
          within: 2 working days
    """,
    "decided_within_a_month": CONTACTS.replace("received_at", "due") + """
        measure: proportion
        clock: {start: received_at, stop: decided_at, within: 1 month}
    """,
    "decided_by_the_hour": CONTACTS.replace("received_at", "due") + """
        measure: proportion
        clock: {start: received_at, stop: decided_at, within: 30 hours}
        not_due: "source = 'health'"
        by: [source]
    """,
    "in_time_by_the_hour": CONTACTS + """
        measure: proportion
        clock: {start: received_at, stop: decided_at, within: 30 hours}
        exclude: {long_ago: "due < as_of - interval 20 days"}
        because: {just_late: "hours_between(due, decided_at) <= 6", later: "true"}
        by: [hours: {value: "hours_between(received_at, due)", bands: [0, 30, 31]}, day: "date(due)"]
    """,
    "in_time_by_working_days": CONTACTS.replace("received_at", "due") + """
        exclude: {soon: "working_days_between(received_at, due) < 5 or due < date '2019-02-10'"}
        measure: count
        clock: {start: received_at, stop: decided_at, within: 5 working days}
        by: [early: "decided_at is not null and date(decided_at) < due"]
    """,
    "first_review_by_due": LEAVERS + """
        related:
          first: {table: pathway_plan_reviews, keep: earliest, date: reviewed_on, where: "kind <> 'review'"}
        measure: proportion
        clock: {start: eligible_from, stop: first.reviewed_on, due: "eligible_from + interval 12 weeks"}
        exclude: {ended_first: "first.reviewed_on is null and eligible_to <= due"}
        by: [days: {value: "days_between(due, reference_day)", bands: [0, 100]}]
    """,
    "decided_at_noon": CONTACTS + """
        measure: proportion
        clock: {start: received_at, stop: decided_at, due: "received_at + interval 2 days"}
    """,
    "settled": LEAVERS + """
        related:
          home: {table: accommodation, keep: active, from: start_date, to: end_date, merge: adjacent}
          moves: {table: accommodation, keep: count, date: start_date, after: eligible_from, within: 26 weeks}
        measure: proportion
        met: "home.start_date <= reference_day - interval 6 months and coalesce(moves.count, 0) < 2"
        by: [kind: home.accommodation_type, ended: home.end_date is null]
    """,
    "reviewed_since_moving": LEAVERS + """
        related:
          home: {table: accommodation, keep: active, from: start_date, to: end_date}
          first: {table: pathway_plan_reviews, keep: earliest, date: reviewed_on, since: home.start_date}
          others: {table: pathway_plan_reviews, keep: count, date: reviewed_on, after: first.reviewed_on,
                   until: "least(reference_day, first.reviewed_on + interval 3 months)"}
        measure: proportion
        met: "first.reviewed_on <= home.start_date + interval 6 months and others.count < 2"
        by: [others: others.count]
    """,
    "homes_in_a_year": LEAVERS + """
        related:
          home: {table: accommodation, keep: count, from: start_date, to: end_date}
          homes: {table: accommodation, keep: count, from: start_date, to: end_date, within: 12 months}
          lately: {table: accommodation, keep: count, from: start_date, to: end_date, within: 9 working days,
                   where: "suitable"}
        measure: proportion
        met: "homes.count < 3"
        by: [home: home.count, homes: homes.count, lately: lately.count]
    """,
    "missing_while_missing": EPISODES + """
        related:
          others: {table: missing_episodes, keep: count, from: went_missing_at, to: returned_at, until: returned_at}
          by_then: {table: missing_episodes, keep: count, from: went_missing_at, to: returned_at, within: 2 weeks,
                    until: "went_missing_at + interval 1 day"}
        measure: count
        by: [others: others.count, by_then: by_then.count]
    """,
}  # fmt: skip


def test_definitions_beyond_the_sample(
    sample: tuple[Catalogue, Path, duckdb.DuckDBPyConnection], tmp_path: Path
) -> None:
    """Measures, clocks, related rows and breakdowns that no shipped indicator uses."""
    _, folder, connection = sample
    shutil.copytree(ROOT / "indicators" / "tables", tmp_path / "tables")
    for id_, text in BEYOND.items():
        (tmp_path / f"{id_}.yaml").write_text(dedent(text.replace("\n        ", "\n")), "utf-8")
    assert_explained(api.load_catalogue(tmp_path), folder, connection)


def test_every_reserved_word_is_quoted() -> None:
    words = duckdb.execute(
        "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
    ).fetchall()
    assert {word for (word,) in words} == RESERVED
    assert [name(text) for text in ("team", "Order", "9th", 'a "b"')] == ["team", '"Order"', '"9th"', '"a ""b"""']


VERSIONED = {
    "tables/contacts.yaml": """
        key: contact_id
        happened: received_at
        version: changed_at
        columns:
          contact_id: {type: text}
          received_at: {type: datetime}
          decided_at: {type: datetime}
          changed_at: {type: datetime}
    """,
    "tables/plans.yaml": """
        key: plan_id
        version: revision
        columns:
          plan_id: {type: text}
          begun_on: {type: date}
          ended_on: {type: date}
          revision: {type: integer}
    """,
    "decided.yaml": """
        title: Decided in time
        table: contacts
        period: received_at
        measure: proportion
        clock: {start: received_at, stop: decided_at, within: 24 hours}
    """,
    "open_plans.yaml": """
        title: Open plans
        table: plans
        point_in_time: {from: begun_on, to: ended_on}
        measure: count
    """,
}


def test_the_greatest_version_of_a_key(tmp_path: Path) -> None:
    for name_, text in VERSIONED.items():
        path = tmp_path / "indicators" / name_
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    # C1 was decided late after all. The second version of C2 is of a day to come: it was in time when it was known.
    # D1 was closed in January by its second revision, so one plan is open.
    (tmp_path / "contacts.csv").write_text(
        "contact_id,received_at,decided_at,changed_at\n"
        "C1,2019-02-04 09:00:00,2019-02-05 09:00:00,2019-02-05 10:00:00\n"
        "c1,2019-02-04 09:00:00,2019-02-07 09:00:00,2019-02-07 10:00:00\n"
        "C2,2019-02-04 09:00:00,2019-02-05 08:00:00,2019-02-05 10:00:00\n"
        "C2,2019-02-04 09:00:00,2019-02-09 08:00:00,2019-03-09 10:00:00\n"
        "C3,2019-02-04 09:00:00,2019-02-05 08:00:00,\n",
        "utf-8",
    )
    (tmp_path / "plans.csv").write_text(
        "plan_id,begun_on,ended_on,revision\nD1,2019-01-02,,1\nD1,2019-01-02,2019-01-31,2\nD2,2019-01-02,,1\n", "utf-8"
    )
    catalogue = api.load_catalogue(tmp_path / "indicators")
    assert [str(each.value) for each in compute(catalogue, tmp_path)] == ["2/3", "1"]
    assert_explained(catalogue, tmp_path, typed_tables(catalogue, tmp_path))
