"""Cases of a large table counted as its files are read: one statement classifies, counts, and keeps the keys' hashes.

To keep every classified case in a table takes half as long as to classify them. So rows are handed to all that count
them as they come, and of each no more is kept than the hash of its key.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.classify import Group, classified
from sgkpi.engines.duckdb.count import Counter, Pass, is_finer
from sgkpi.engines.duckdb.session import Row, Session

_ROWS = "classified"


@dataclass(frozen=True)
class Tally:
    """What was counted as a table was read.

    `counts` are the rows of each pass, in total those of no month too. `cells` tell of columns that are carried as they
    are written how many cells hold each spelling, rows without cells left out: of a column that faults are looked for
    in, every cell, else those of cases in some month. `flags` tell how many rows with cells have each value of `flags`,
    and `void` how many rows have none.
    """

    counts: dict[Pass, list[Row]]
    cells: dict[str, dict[str | None, int]]
    flags: dict[int, int]
    void: int


@dataclass(frozen=True)
class _Branch:
    """One `group by` of the statement: of a pass, of the cells of a column, or (without either) of the flags.

    Of a pass, cases of no month are left out unless it is of `every` row.
    """

    of: Pass | None = None
    cells: str | None = None
    every: bool = True

    def query(self, number: int, width: int) -> Select:
        """Number, month, category, so many outcomes, flags; then how many rows have cells, and how many there are."""
        when = sql.column(self.of.placing.name) if self.of else sql.null("SMALLINT")
        by = self.of.category if self.of else self.cells
        outcomes = [*map(sql.column, self.of.outcome_columns)] if self.of else []
        keys = [when, sql.column(by) if by else sql.null("VARCHAR"), *outcomes, *[sql.NULL] * (width - len(outcomes))]
        keys.append(sql.NULL if self.of or self.cells else sql.column("flags"))
        counts = [sql.count_where(sql.not_(sql.column("void"))), sql.fn("count", sql.STAR)]
        query = sql.select(sql.number(number), *keys, *counts).from_(sql.source(_ROWS))
        query = query.group_by(*filter(sql.is_column, keys))
        return query if self.every else query.where(sql.is_not_null(when))


def tally(session: Session, group: Group, hashes: str, looked_at: Collection[str]) -> Tally:
    """Counts the rows of a group that has no values, and keeps the hashes of those that exist in a table.

    The group carries `h`, `flags`, `void` and `present`, and its columns that are as they are written, of which
    `looked_at` are those that faults are looked for in.
    """
    passes = list(Counter(session, group, _ROWS).passes())
    branches = _branches(passes, {f"raw_{column}" for column in group.written}, {f"raw_{each}" for each in looked_at})
    rows = _counted(session, group, hashes, branches)
    counts = {each.of: _of_pass(each.of, rows[number]) for number, each in enumerate(branches) if each.of}
    finer = [each.of for each in branches if each.of and each.every]
    for total in passes:
        if total not in counts:
            one = next(each for each in finer if is_finer(each, total))
            counts[total] = [(row[0], None, *row[2:]) for row in counts[one]]
    return Tally(
        counts=counts,
        cells={each.cells: _cells(rows[number]) for number, each in enumerate(branches) if each.cells},
        flags={int(row[-3]): row[-2] for row in rows[0]},
        void=sum(row[-1] - row[-2] for row in rows[0]),
    )


def _branches(passes: Iterable[Pass], written: set[str], looked_at: set[str]) -> list[_Branch]:
    """What is asked of the rows: the flags first; a total only where no breakdown of every row tells it."""
    branches, told = [_Branch()], set[str]()
    for each in passes:
        if each.category is not None:
            first = each.category in written - told
            told.add(each.category)
            branches.append(_Branch(each, each.category if first else None, every=first and each.category in looked_at))
    finer = [each.of for each in branches if each.of and each.every]
    totals = [each for each in passes if each.category is None]
    branches += [_Branch(total) for total in totals if not any(is_finer(each, total) for each in finer)]
    return [*branches, *(_Branch(cells=column) for column in sorted(looked_at - told))]


def _counted(session: Session, group: Group, hashes: str, branches: list[_Branch]) -> list[list[Row]]:
    """The rows that each branch gives."""
    session.create(hashes, sql.select(sql.alias(sql.null("UBIGINT"), "h")).limit(0))
    width = max(len(each.of.outcome_columns) if each.of else 0 for each in branches)
    queries: list[Query] = [each.query(number, width) for number, each in enumerate(branches)]
    every = reduce(Query.union_all, queries)
    present = sql.select(sql.column("h")).from_(sql.source(_ROWS)).where(sql.column("present"))
    found: list[list[Row]] = [[] for _ in branches]
    parts: list[tuple[str, Sql]] = [(_ROWS, classified(group)), ("kept", sql.insert(hashes, present))]
    for row in session.rows(sql.with_all(every, parts)):
        found[row[0]].append(row)
    return found


def _of_pass(one: Pass, rows: Iterable[Row]) -> list[Row]:
    """Month, category, the outcomes of the pass, and how many cases."""
    last = 3 + len(one.outcome_columns)
    return [(*row[1:last], row[-1]) for row in rows]


def _cells(rows: Iterable[Row]) -> dict[str | None, int]:
    cells: dict[str | None, int] = {}
    for row in rows:
        cells[row[2]] = cells.get(row[2], 0) + row[-2]
    return cells
