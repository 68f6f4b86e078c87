"""The vocabulary of SQL: data that is equal when it says the same, and the text that sqlglot writes of it."""

from datetime import date

import pytest

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.render import text_of

A, B = sql.column("a"), sql.column("b", "t")


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        (sql.column('he said "no"'), '"he said ""no"""'),
        (sql.text("it's; drop table x --"), "'it''s; drop table x --'"),
        (sql.number(-3), "(-3)"),
        (sql.day(date(2019, 2, 5)), "CAST('2019-02-05' AS DATE)"),
        (sql.and_([]), "TRUE"),
        (sql.or_([sql.is_null(A), sql.is_not_null(B)]), '(("a" IS NULL) OR (NOT ("t"."b" IS NULL)))'),
        (sql.when(sql.eq(A, B), sql.number(1)), 'CASE WHEN ("a" = "t"."b") THEN 1 ELSE NULL END'),
        (sql.case([], A), '"a"'),
        (sql.count_where(A), 'count(*) FILTER(WHERE "a")'),
        (sql.interval(3, "MONTHS"), "INTERVAL '3' MONTHS"),
        (sql.window(sql.fn("row_number"), [A], [sql.descending(B)]), None),
        (sql.star_without("a"), '* EXCLUDE ("a")'),
        (sql.star_with([sql.alias(B, "a")]), '* REPLACE ("t"."b" AS "a")'),
        (sql.parameter(1, "VARCHAR[]"), "CAST($1 AS TEXT[])"),
    ],
)
def test_a_piece_is_written_in_the_words_of_duckdb(piece: sql.Sql, text: str | None) -> None:
    expected = text or 'row_number() OVER (PARTITION BY "a" ORDER BY "t"."b" DESC)'
    assert text_of(piece) == expected


def test_a_query_is_never_changed() -> None:
    query = sql.select(A).from_(sql.source("t"))
    narrow = query.where(sql.eq(A, sql.number(1))).where(sql.is_null(B))
    assert text_of(query) == 'SELECT "a" FROM "t" AS "s"'
    assert text_of(narrow) == 'SELECT "a" FROM "t" AS "s" WHERE ("a" = 1) AND ("t"."b" IS NULL)'
    assert query == sql.select(sql.column("a")).from_(sql.source("t"))
    assert query.select(sql.alias(B, "c")).names == ["a", "c"]


def test_a_query_says_what_is_worked_out_before_it() -> None:
    first = sql.select(A).from_(sql.source("t"))
    rows = sql.insert("kept", sql.select(A).from_(sql.source("first")))
    query = sql.with_all(sql.select(A).union_all(sql.select(B)), [("first", first), ("rows", rows)])
    assert text_of(query) == (
        'WITH first AS MATERIALIZED (SELECT "a" FROM "t" AS "s"), rows AS (INSERT INTO "kept" SELECT "a" FROM "first" '
        'AS "s") SELECT "a" UNION ALL SELECT "t"."b"'
    )


def test_columns_are_said_to_be_of_a_table() -> None:
    value = sql.case([(sql.is_null(A), sql.fn("lower", A))], sql.in_(A, [sql.number(1)]))
    told = text_of(sql.of_table(value, "b"))
    assert told == 'CASE WHEN ("b"."a" IS NULL) THEN lower("b"."a") ELSE ("b"."a" IN (1)) END'
