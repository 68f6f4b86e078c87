"""From rows that were kept to where they stand: how many there are in each file, and which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.faults import ROWS_SHOWN, rows_in_file
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.quality import Check, Found, Looking, Rows
from sgkpi.extracts.extract import Extract


@dataclass(frozen=True)
class Flagged:
    """Something that was found: the rows of `relation` for which `flag` is true.

    The relation has `file_name`, `row_number`, the hash of the key `h`, and join values `k_…`; `raw_…` where values
    are to be shown. `group` is what is counted besides rows: keys, or persons.
    """

    table: str
    check: Check
    columns: tuple[str, ...]
    detail: str
    relation: str
    flag: str
    group: str | None = None


@dataclass(frozen=True)
class Finder:
    """Reads where flagged rows stand. `left_out` are rows that the reader passed over, by file."""

    session: Session
    extract: Extract
    looking: Looking
    left_out: Mapping[str, Sequence[int]]

    def found(self, flagged: Flagged) -> Found:
        """How many rows there are, and which."""
        places = tuple(self._places(flagged))
        count = sum(each.count for each in places)
        keys = self._groups(flagged) if flagged.group else None
        return Found(flagged.table, flagged.check, flagged.columns, count, flagged.detail, places, keys)

    def _places(self, flagged: Flagged) -> list[Rows]:
        columns = [sql.column(Name.FILE_NAME), sql.fn("count"), self._rows(sql.column(Name.ROW_NUMBER))]
        columns.append(self._values(flagged))
        query = sql.select(*columns).from_(sql.source(flagged.relation))
        query = query.where(sql.column(flagged.flag)).group_by(sql.column(Name.FILE_NAME))
        files = {file.name: file for file in self.extract.tables[flagged.table].files}
        found = {name: rest for name, *rest in self.session.rows(query)}
        return [
            Rows(
                name,
                int(found[name][0]),
                tuple(rows_in_file(file, found[name][1], uneven=name in self.left_out)),
                tuple(found[name][2] or ()),
            )
            for name, file in files.items()
            if name in found
        ]

    def _rows(self, value: Sql) -> Sql:
        row = sql.column(Name.ROW_NUMBER)
        if self.looking.every_row:
            return sql.fn("list_sort", sql.fn("list", value))
        return sql.fn("arg_min", value, row, ROWS_SHOWN)

    def _values(self, flagged: Flagged) -> Sql:
        """What stands in the columns of the first rows, of several columns each with its name."""
        if not self.looking.show_values or not flagged.columns:
            return sql.null()
        cells = [sql.fn("coalesce", sql.column(Name.raw(name)), sql.text("")) for name in flagged.columns]
        if len(cells) > 1:
            named = [sql.fn("concat", f"{name} ", cell) for name, cell in zip(flagged.columns, cells, strict=True)]
            cells = [sql.fn("concat_ws", ", ", *named)]
        return sql.fn("arg_min", cells[0], sql.column(Name.ROW_NUMBER), ROWS_SHOWN)

    def _groups(self, flagged: Flagged) -> int:
        distinct = sql.select(sql.column(str(flagged.group))).distinct()
        distinct = distinct.from_(sql.source(flagged.relation)).where(sql.column(flagged.flag))
        return self.session.number(sql.select(sql.fn("count")).from_(sql.source(distinct)))
