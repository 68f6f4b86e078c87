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
_ROW = Name.ROW_ID.as_(Name.PLACE)
_ALIVE = ~Name.IS_BLANK_ROW


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
        return [
            (Name.conditions(start).name, list(enumerate(self.conditions[start : start + _BITS]))) for start in starts
        ]

    @property
    def beside(self) -> tuple[str, ...]:
        """The columns that say which file a row is in, what it is joined with and, if asked for, what it holds."""
        raw = [Name.raw(name).name for name in self.scan.written] if self.with_values else []
        files = [Name.FILE.name] if len(self.scan.source.files) > 1 else []
        return (Name.KEY_HASH.name, *files, *(Name.compared(name).name for name in self.joins), *raw)

    def rows(self) -> tuple[Select, tuple[str, ...]]:
        """Return the typed rows with what is kept of them, and the names of those columns."""
        table = self.scan.source.table
        columns = {Name.ROW_HASH.name: sql.fn("hash", *identity(self.scan))}
        columns |= {Name.compared(name).name: key_part(table.columns[name]) for name in self.joins}
        days = dict.fromkeys(name for spell in self.spells for name in spell)
        columns |= {Name.day(name).name: Name.value(name).cast("DATE") for name in days}
        if table.happened is not None and self.scan.has(table.happened):
            columns[Name.HAPPENED.name] = Name.value(table.happened)
        columns |= {word: _bits(conditions) for word, conditions in self.words}
        rows = sql.select(sql.STAR, *(value.as_(name) for name, value in columns.items()))
        kept = dict.fromkeys([Name.IS_BLANK_ROW.name, *self.beside, *columns])
        return rows.from_(typed_rows(self.scan)), tuple(kept)

    def flagged(self, session: Session) -> Iterator[FlaggedRows]:
        """Give the rows for which each condition holds that holds for any."""
        words = [sql.column(word) for word, _ in self.words]
        if not words:
            return
        any_holds = sql.or_([word.ne(0) for word in words])
        relation = f"quality.rows.{self.table}"
        rows = sql.select(_ROW, *map(sql.column, self.beside), *words).from_(self.relation).where(any_holds)
        session.create(relation, rows)
        values = session.records(sql.select(*words).distinct().from_(relation))
        for word, conditions in self.words:
            occurring = reduce(int.__or__, (record[word] for record in values), 0)
            for bit, each in conditions:
                if occurring >> bit & 1:
                    masked = sql.column(word).op("&", 1 << bit)
                    holds = masked.ne(0)
                    yield FlaggedRows(self.table, each.check, each.columns, each.detail, relation, holds)

    def repeated_keys(self, session: Session) -> Iterator[FlaggedRows]:
        """Give the rows that share a key and differ, and those that are the same as one before them."""
        repeated, relation = f"quality.repeated.{self.table}", f"quality.twins.{self.table}"
        h, whole = Name.KEY_HASH, Name.ROW_HASH
        session.create(repeated, repeated_hashes(self.relation, h.is_not_null() & _ALIVE))
        if not session.number(sql.select(sql.fn("count", sql.STAR)).from_(repeated)):
            return
        rows = sql.select(_ROW, *map(sql.column, self.beside), whole).from_(self.relation)
        rows = rows.where(has_repeated_hash(repeated) & _ALIVE)
        least, most = (sql.fn(name, whole).over([h]) for name in ("min", "max"))
        place = sql.fn("row_number").over([h, whole], [Name.PLACE])
        differs, same = least.ne(most), place > 1
        flags = [differs.as_("differs"), same.as_("same"), sql.TRUE.as_(Name.EXISTS)]
        session.create(relation, sql.select(sql.STAR, *flags).from_(rows))
        key = tuple(self.scan.source.table.key) if self.scan.source.has_key else ()
        yield FlaggedRows(
            self.table, Check.DUPLICATE_KEY, key, "", relation, sql.column("differs"), group=Name.KEY_HASH.name
        )
        yield FlaggedRows(self.table, Check.IDENTICAL_ROW, (), "", relation, sql.column("same"))

    def flagged_spells(self, session: Session) -> Iterator[FlaggedRows]:
        """Give spells that begin before an earlier one has ended, and those without an end that another follows."""
        person = Name.compared(self.scan.source.table.person).name
        for start, end in self.spells:
            relation = f"quality.spells.{self.table}.{start}.{end}"
            session.create(relation, self._spells(person, Name.day(start), Name.day(end)))
            for check, flag in ((Check.OVERLAPPING_SPELL, "overlaps"), (Check.OPEN_SPELL, "open")):
                yield FlaggedRows(self.table, check, (start, end), "", relation, sql.column(flag), group=person)

    def _spells(self, person: str, start: Sql, end: Sql) -> Select:
        whose, order = [sql.column(person)], [start, Name.PLACE]
        known = [whose[0].is_not_null(), start.is_not_null(), ~(end < start).is_true()]
        columns = [*map(sql.column, self.beside), start, end]
        spells = sql.select(_ROW, *columns).from_(self.relation).where(sql.and_(known))
        # Rows that are the same count once.
        number = sql.fn("row_number").over([Name.KEY_HASH, *whose, start, end], order)
        numbered = sql.select(sql.STAR, number.as_("number")).from_(spells)
        once = sql.select(sql.star_without("number")).from_(numbered)
        once = once.where(sql.column("number").eq(1))
        following = sql.fn("lead", start).over(whose, order)
        last_end = sql.fn("max", end).over(whose, order, before=True)
        overlaps = (last_end > start).is_true()
        is_open = end.is_null() & following.is_not_null()
        judged = sql.select(sql.STAR, overlaps.as_("overlaps"), is_open.as_("open"))
        kept = sql.select(sql.STAR).from_(judged.from_(once))
        return kept.where(sql.column("overlaps") | sql.column("open"))


def _bits(conditions: Sequence[tuple[int, Condition]]) -> Sql:
    """Return the conditions of a row as bits; a blank row has none."""
    none = sql.number(0).cast("BIGINT")
    bits = [sql.when(each.holds, sql.number(1 << bit).cast("BIGINT"), none) for bit, each in conditions]
    return sql.when(_ALIVE, reduce(sql.add, bits), none)
