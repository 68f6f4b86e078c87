"""Keys that repeat, and spells of one person that overlap or are followed though they never ended."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.quality_found import Flagged
from sgkpi.engines.duckdb.scan import Scan, key_part, typed_rows
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import has_repeated_hash, identity
from sgkpi.engines.quality import Check
from sgkpi.model.indicator import Indicator
from sgkpi.planning.columns import spell_columns


def look_for_keys(session: Session, scan: Scan) -> list[Flagged]:
    """Rows that share a key and differ, and rows that are the same as one before them."""
    name, source = scan.source.table.name, scan.source
    repeated = f"quality.repeated.{name}"
    columns = source.table.key if source.has_key else scan.columns
    narrow = replace(scan, columns=tuple(columns), with_raw=False, whole_rows=False)
    alive = sql.and_([sql.is_not_null(sql.column(Name.KEY_HASH)), sql.not_(sql.column(Name.IS_BLANK_ROW))])
    session.create(repeated, repeated_hashes_of(narrow, alive))
    if not session.number(sql.select(sql.fn("count")).from_(sql.source(repeated))):
        return []
    relation = f"quality.twins.{name}"
    session.create(relation, _twins(scan, repeated))
    told = tuple(source.table.key) if source.has_key else ()
    return [
        Flagged(name, Check.DUPLICATE_KEY, told, "", relation, "differs", group=Name.KEY_HASH),
        Flagged(name, Check.IDENTICAL_ROW, (), "", relation, "same"),
    ]


def repeated_hashes_of(scan: Scan, alive: Sql) -> Select:
    """The hashes that occur more than once among the rows of a scan."""
    hashes = sql.select(sql.column(Name.KEY_HASH)).from_(sql.source(typed_rows(scan))).where(alive)
    several = sql.binary(">", sql.fn("count", sql.STAR), sql.number(1))
    return hashes.group_by(sql.column(Name.KEY_HASH)).having(several)


def _twins(scan: Scan, repeated: str) -> Select:
    """The rows whose hash repeats: whether others of the key differ, and whether one before is the same."""
    rows = sql.select(sql.STAR).from_(sql.source(typed_rows(replace(scan, numbered=True))))
    rows = rows.where(sql.and_([has_repeated_hash(repeated), sql.not_(sql.column(Name.IS_BLANK_ROW))]))
    columns = [sql.column(Name.FILE_NAME), sql.column(Name.ROW_NUMBER), sql.column(Name.KEY_HASH)]
    columns += [sql.alias(key_part(column), Name.compared(column.name)) for column in scan.declared]
    columns += [sql.column(Name.raw(name)) for name in scan.written]
    whole = sql.select(*columns, sql.alias(sql.fn("hash", *identity(scan)), "whole"))
    whole = whole.from_(sql.source(rows))
    order = [sql.ascending(sql.column(Name.FILE_NAME)), sql.ascending(sql.column(Name.ROW_NUMBER))]
    least, most = (
        sql.window(sql.fn(name, sql.column("whole")), [sql.column(Name.KEY_HASH)]) for name in ("min", "max")
    )
    place = sql.window(sql.fn("row_number"), [sql.column(Name.KEY_HASH), sql.column("whole")], order)
    differs = sql.alias(sql.binary("<>", least, most), "differs")
    same = sql.alias(sql.binary(">", place, sql.number(1)), "same")
    return sql.select(sql.STAR, differs, same, sql.alias(sql.TRUE, Name.EXISTS)).from_(sql.source(whole))


def look_for_spells(session: Session, scan: Scan, definitions: Iterable[Indicator]) -> Iterator[Flagged]:
    """Spells that begin before an earlier one has ended, and spells without an end that another one follows."""
    name, person = scan.source.table.name, scan.source.table.person
    used = {(start, end) for each in definitions for table, start, end in spell_columns(each) if table == name}
    for start, end in sorted(used):
        if person in scan.columns and start in scan.columns and end in scan.columns:
            relation = f"quality.spells.{name}.{start}.{end}"
            session.create(relation, _spells(scan, str(person), start, end))
            for check, flag in ((Check.OVERLAPPING_SPELL, "overlaps"), (Check.OPEN_SPELL, "open")):
                yield Flagged(name, check, (start, end), "", relation, flag, group=Name.compared(person))


def _spells(scan: Scan, person: str, start: str, end: str) -> Select:
    table = scan.source.table
    dated = [sql.alias(sql.cast(sql.column(Name.value(each)), "DATE"), f"d_{each}") for each in (start, end)]
    keys = sorted({person, *table.key} & set(scan.columns))
    columns = [sql.column(Name.FILE_NAME), sql.column(Name.ROW_NUMBER), sql.column(Name.KEY_HASH)]
    columns += [sql.alias(key_part(table.columns[each]), Name.compared(each)) for each in keys]
    columns += [sql.column(Name.raw(each)) for each in (start, end)]
    narrow = replace(scan, columns=tuple(name for name in scan.columns if name in {start, end, *keys}))
    rows = sql.select(*columns, *dated).from_(sql.source(typed_rows(replace(narrow, numbered=True, whole_rows=False))))
    spells = sql.select(sql.STAR).from_(sql.source(rows)).where(_is_spell(person, start, end))
    return _flagged(_each_once(spells, person, start, end), person, start, end)


def _is_spell(person: str, start: str, end: str) -> Sql:
    """A person and a beginning, and no end before it."""
    backward = sql.binary("<", sql.column(f"d_{end}"), sql.column(f"d_{start}"))
    recorded = [sql.is_not_null(sql.column(name)) for name in (Name.compared(person), f"d_{start}")]
    return sql.and_([*recorded, sql.not_(sql.is_true(backward))])


def _each_once(spells: Select, person: str, start: str, end: str) -> Select:
    """Rows that are the same count once."""
    same = [sql.column(name) for name in (Name.KEY_HASH, Name.compared(person), f"d_{start}", f"d_{end}")]
    number = sql.alias(sql.window(sql.fn("row_number"), same, _in_order(start)), "number")
    numbered = sql.select(sql.STAR, number).from_(sql.source(spells))
    once = sql.select(sql.star_without("number")).from_(sql.source(numbered))
    return once.where(sql.eq(sql.column("number"), sql.number(1)))


def _flagged(spells: Select, person: str, start: str, end: str) -> Select:
    around, order = [sql.column(Name.compared(person))], _in_order(start)
    following = sql.window(sql.fn("lead", sql.column(f"d_{start}")), around, order)
    last_end = sql.window_before(sql.fn("max", sql.column(f"d_{end}")), around, order)
    is_open = sql.and_([sql.is_null(sql.column(f"d_{end}")), sql.is_not_null(following)])
    overlaps = sql.is_true(sql.binary(">", last_end, sql.column(f"d_{start}")))
    judged = sql.select(sql.STAR, sql.alias(overlaps, "overlaps"), sql.alias(is_open, "open"))
    judged = judged.from_(sql.source(spells))
    kept = sql.select(sql.STAR).from_(sql.source(judged))
    return kept.where(sql.or_([sql.column("overlaps"), sql.column("open")]))


def _in_order(start: str) -> Sequence[Sql]:
    return [sql.ascending(sql.column(name)) for name in (f"d_{start}", Name.FILE_NAME, Name.ROW_NUMBER)]
