"""The vocabulary of SQL: data that is equal when it says the same, and its text as DuckDB reads it."""

from datetime import date

import duckdb
import pytest

from sgkpi.engines.sql import ast, printer
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Sql
from sgkpi.engines.sql.printer import text_of

A, B = sql.column("a"), sql.column("b", "t")
AWKWARD = (
    "",
    "it's; drop table x --",
    'he said "no"',
    "\\' || 1",
    "two\nlines\r\n\tand a tab",
    "Zoë, 東京, \U0001f600, e\u0301, \u2028, \ufeff",
    "$1 ? %s {x} /* no comment */ -- nor here",
    "E'\\x41'",
    "x" * 100_000 + "'" * 1_001,
)


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        (sql.column('he said "no"'), '"he said ""no"""'),
        (sql.text("it's; drop table x --"), "'it''s; drop table x --'"),
        (sql.number(-3), "(-3)"),
        (sql.day(date(2019, 2, 5)), "CAST('2019-02-05' AS DATE)"),
        (sql.and_([]), "TRUE"),
        (A & B & A.has_bit(2), '"a" AND "t"."b" AND (("a" & 4) <> 0)'),
        ((A + 1) * B >= True, '(("a" + 1) * "t"."b") >= TRUE'),
        (A.is_null() | B.is_not_null(), '("a" IS NULL) OR ("t"."b" IS NOT NULL)'),
        (~A, 'NOT "a"'),
        (~(A.eq(B)), 'NOT ("a" = "t"."b")'),
        (A.same_as(None), '"a" IS NOT DISTINCT FROM NULL'),
        (A.is_in(["x", None]), "\"a\" IN ('x', NULL)"),
        (sql.when(A.eq(B), 1), 'CASE WHEN "a" = "t"."b" THEN 1 ELSE NULL END'),
        (sql.case([], A), '"a"'),
        (sql.count_where(A), 'count(*) FILTER (WHERE "a")'),
        (sql.interval(3, "MONTHS"), "INTERVAL '3' MONTHS"),
        (sql.fn("row_number").over([A], [B.desc()]), None),
        (sql.star(without=("a",)), '* EXCLUDE ("a")'),
        (sql.star(replaced=(B.as_("a"),)), '* REPLACE ("t"."b" AS "a")'),
    ],
)
def test_a_piece_is_written_in_the_words_of_duckdb(piece: Sql, text: str | None) -> None:
    expected = text or 'row_number() OVER (PARTITION BY "a" ORDER BY "t"."b" DESC NULLS LAST)'
    assert text_of(piece) == expected


def test_a_query_is_never_changed() -> None:
    query = sql.select(A).from_("t")
    narrow = query.where(A.eq(1)).where(B.is_null())
    assert text_of(query) == 'SELECT "a" FROM "t" AS "s"'
    assert text_of(narrow) == 'SELECT "a" FROM "t" AS "s" WHERE ("a" = 1) AND ("t"."b" IS NULL)'
    assert query == sql.select(sql.column("a")).from_("t")
    assert query.select(B.as_("c")).names == ["a", "c"]


def test_a_query_says_what_is_worked_out_before_it() -> None:
    first = sql.select(A).from_("t")
    rows = sql.insert("kept", sql.select(A).from_("first"))
    query = sql.with_all(sql.select(A).union_all(sql.select(B)), [("first", first), ("rows", rows)])
    assert text_of(query) == (
        'WITH "first" AS MATERIALIZED (SELECT "a" FROM "t" AS "s"), "rows" AS (INSERT INTO "kept" SELECT "a" FROM '
        '"first" AS "s") SELECT "a" UNION ALL SELECT "t"."b"'
    )


@pytest.mark.parametrize("value", [*AWKWARD, "an \0 within"])
def test_a_text_comes_back_as_it_was_given(value: str) -> None:
    assert duckdb.sql(text_of(sql.select(sql.text(value)))).fetchall() == [(value,)]


@pytest.mark.parametrize("name", [word for word in AWKWARD if word])
def test_a_name_is_quoted_whatever_it_holds(name: str) -> None:
    """As the name of a column, of a table, of a relation within a query and of a query before another."""
    rows = sql.select(sql.number(1).as_(name))
    read = sql.select(sql.column(name, name)).from_(name, name)
    assert duckdb.sql(text_of(sql.with_all(read, [(name, rows)]))).fetchall() == [(1,)]
    with duckdb.connect() as connection:
        connection.execute(text_of(sql.create(name, rows)))
        assert connection.sql(text_of(read)).columns == [name]


def test_no_name_holds_the_character_that_ends_a_text_in_c() -> None:
    with pytest.raises(ValueError, match="NUL"):
        text_of(sql.column("a\0b"))


def test_a_query_in_order_or_in_part_is_one_of_two() -> None:
    first = sql.select(sql.number(1)).limit(0)
    assert duckdb.sql(text_of(first.union_all(sql.select(sql.number(2))))).fetchall() == [(2,)]


def test_every_kind_of_node_is_written() -> None:
    kinds = {each for each in vars(ast).values() if isinstance(each, type) and issubclass(each, Sql)}
    assert kinds - {ast.Sql, ast.Query} == set(printer._WRITERS)
