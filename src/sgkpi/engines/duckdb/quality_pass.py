"""One pass over the files of a table, which keeps of every row what it takes to say what is wrong with it.

It keeps hashes, bits and dates, never a table: about forty bytes a row, and text only where it is asked for. Whatever
is looked for afterwards (rows at fault, keys that repeat, spells) is found in what was kept; a row's place there is its
place in the files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.quality_rows import Condition
from sgkpi.engines.duckdb.scan import Scan, key_part, typed_rows
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import has_repeated_hash, identity, repeated_hashes

_BITS = 60
_ROW = sql.alias(sql.column(Name.ROW_ID), Name.PLACE)
_ALIVE = sql.not_(sql.column(Name.IS_BLANK_ROW))


@dataclass(frozen=True)
class FlaggedRows:
    """The rows of `relation` for which `holds`: something is wrong with them.

    The relation has the place of a row `rid`, of several files its `file`, the hash of its key `h` and join values
    `k_…`; `raw_…` where values are to be shown. `group` is what is counted besides rows: keys, or persons.
    """

    table: str
    check: Check
    columns: tuple[str, ...]
    detail: str
    relation: str
    holds: Sql
    group: str | None = None


@dataclass(frozen=True)
class QualityPass:
    """How a table is read: with which conditions, and which columns are kept as they are joined, and of spells.

    `with_values` keeps the cells as they are written.
    """

    scan: Scan
    conditions: tuple[Condition, ...]
    joins: tuple[str, ...]
    spells: tuple[tuple[str, str], ...]
    with_values: bool

    @property
    def table(self) -> str:
        return self.scan.source.table.name

    @property
    def relation(self) -> str:
        """The table of the session with a row for each row of the files, in their order."""
        return f"quality.kept.{self.table}"

    @property
    def words(self) -> list[tuple[str, list[tuple[int, Condition]]]]:
        """The columns of bits, each with its conditions and their bits."""
        starts = range(0, len(self.conditions), _BITS)
        return [(Name.conditions(start), list(enumerate(self.conditions[start : start + _BITS]))) for start in starts]

    @property
    def beside(self) -> tuple[str, ...]:
        """The columns that say which file a row is in, what it is joined with and, if asked for, what it holds."""
        raw = [Name.raw(name) for name in self.scan.written] if self.with_values else []
        files = [Name.FILE] if len(self.scan.source.files) > 1 else []
        return (Name.KEY_HASH, *files, *(Name.compared(name) for name in self.joins), *raw)

    def rows(self) -> tuple[Select, tuple[str, ...]]:
        """Return the typed rows with what is kept of them, and the names of those columns."""
        table = self.scan.source.table
        columns = {Name.ROW_HASH: sql.fn("hash", *identity(self.scan))}
        columns |= {Name.compared(name): key_part(table.columns[name]) for name in self.joins}
        days = dict.fromkeys(name for spell in self.spells for name in spell)
        columns |= {Name.day(name): sql.cast(sql.column(Name.value(name)), "DATE") for name in days}
        if table.happened is not None and self.scan.has(table.happened):
            columns[Name.HAPPENED] = sql.column(Name.value(table.happened))
        columns |= {word: _bits(conditions) for word, conditions in self.words}
        rows = sql.select(sql.STAR, *(sql.alias(value, name) for name, value in columns.items()))
        kept = dict.fromkeys([Name.IS_BLANK_ROW, *self.beside, *columns])
        return rows.from_(sql.source(typed_rows(self.scan))), tuple(kept)

    def flagged(self, session: Session) -> Iterator[FlaggedRows]:
        """Give the rows for which each condition holds that holds for any."""
        words = [sql.column(word) for word, _ in self.words]
        if not words:
            return
        any_holds = sql.or_([sql.binary("<>", word, sql.number(0)) for word in words])
        relation = f"quality.rows.{self.table}"
        rows = sql.select(_ROW, *map(sql.column, self.beside), *words).from_(sql.source(self.relation)).where(any_holds)
        session.create(relation, rows)
        values = session.records(sql.select(*words).distinct().from_(sql.source(relation)))
        for word, conditions in self.words:
            occurring = reduce(int.__or__, (record[word] for record in values), 0)
            for bit, each in conditions:
                if occurring >> bit & 1:
                    masked = sql.binary("&", sql.column(word), sql.number(1 << bit))
                    holds = sql.binary("<>", masked, sql.number(0))
                    yield FlaggedRows(self.table, each.check, each.columns, each.detail, relation, holds)

    def repeated_keys(self, session: Session) -> Iterator[FlaggedRows]:
        """Give the rows that share a key and differ, and those that are the same as one before them."""
        repeated, relation = f"quality.repeated.{self.table}", f"quality.twins.{self.table}"
        h, whole = sql.column(Name.KEY_HASH), sql.column(Name.ROW_HASH)
        session.create(repeated, repeated_hashes(self.relation, sql.and_([sql.is_not_null(h), _ALIVE])))
        if not session.number(sql.select(sql.fn("count", sql.STAR)).from_(sql.source(repeated))):
            return
        rows = sql.select(_ROW, *map(sql.column, self.beside), whole).from_(sql.source(self.relation))
        rows = rows.where(sql.and_([has_repeated_hash(repeated), _ALIVE]))
        least, most = (sql.window(sql.fn(name, whole), [h]) for name in ("min", "max"))
        place = sql.window(sql.fn("row_number"), [h, whole], [sql.ascending(sql.column(Name.PLACE))])
        differs, same = sql.binary("<>", least, most), sql.binary(">", place, sql.number(1))
        flags = [sql.alias(differs, "differs"), sql.alias(same, "same"), sql.alias(sql.TRUE, Name.EXISTS)]
        session.create(relation, sql.select(sql.STAR, *flags).from_(sql.source(rows)))
        key = tuple(self.scan.source.table.key) if self.scan.source.has_key else ()
        yield FlaggedRows(
            self.table, Check.DUPLICATE_KEY, key, "", relation, sql.column("differs"), group=Name.KEY_HASH
        )
        yield FlaggedRows(self.table, Check.IDENTICAL_ROW, (), "", relation, sql.column("same"))

    def flagged_spells(self, session: Session) -> Iterator[FlaggedRows]:
        """Give spells that begin before an earlier one has ended, and those without an end that another follows."""
        person = Name.compared(self.scan.source.table.person)
        for start, end in self.spells:
            relation = f"quality.spells.{self.table}.{start}.{end}"
            session.create(relation, self._spells(person, sql.column(Name.day(start)), sql.column(Name.day(end))))
            for check, flag in ((Check.OVERLAPPING_SPELL, "overlaps"), (Check.OPEN_SPELL, "open")):
                yield FlaggedRows(self.table, check, (start, end), "", relation, sql.column(flag), group=person)

    def _spells(self, person: str, start: Sql, end: Sql) -> Select:
        whose, order = [sql.column(person)], [sql.ascending(start), sql.ascending(sql.column(Name.PLACE))]
        known = [sql.is_not_null(whose[0]), sql.is_not_null(start), sql.not_(sql.is_true(sql.binary("<", end, start)))]
        columns = [*map(sql.column, self.beside), start, end]
        spells = sql.select(_ROW, *columns).from_(sql.source(self.relation)).where(sql.and_(known))
        # Rows that are the same count once.
        number = sql.window(sql.fn("row_number"), [sql.column(Name.KEY_HASH), *whose, start, end], order)
        numbered = sql.select(sql.STAR, sql.alias(number, "number")).from_(sql.source(spells))
        once = sql.select(sql.star_without("number")).from_(sql.source(numbered))
        once = once.where(sql.eq(sql.column("number"), sql.number(1)))
        following = sql.window(sql.fn("lead", start), whose, order)
        last_end = sql.window_before(sql.fn("max", end), whose, order)
        overlaps = sql.is_true(sql.binary(">", last_end, start))
        is_open = sql.and_([sql.is_null(end), sql.is_not_null(following)])
        judged = sql.select(sql.STAR, sql.alias(overlaps, "overlaps"), sql.alias(is_open, "open"))
        kept = sql.select(sql.STAR).from_(sql.source(judged.from_(sql.source(once))))
        return kept.where(sql.or_([sql.column("overlaps"), sql.column("open")]))


def _bits(conditions: Sequence[tuple[int, Condition]]) -> Sql:
    """Return the conditions of a row as bits; a blank row has none."""
    none = sql.cast(sql.number(0), "BIGINT")
    bits = [sql.case([(each.holds, sql.cast(sql.number(1 << bit), "BIGINT"))], none) for bit, each in conditions]
    return sql.case([(_ALIVE, reduce(sql.add, bits))], none)
