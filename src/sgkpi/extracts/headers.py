"""Find the header of a file, and match it with the columns of a table."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from sgkpi.definitions.wording import both, either
from sgkpi.model.folding import WHITESPACE, fold_header
from sgkpi.model.problems import Problem, Severity, warning
from sgkpi.model.table import Column, Table

_OTHER_DELIMITERS = ("|", "^", "~", ":")
_ALIKE = 0.55  # "client id" and "person id" are 0.56; "date of birth" and "latest date of contact" 0.51
HEAD_ROWS = 30  # the header is looked for in these rows
_SURE = 2  # known headers in a row, which are not a coincidence


def known_headers(tables: Iterable[Table]) -> frozenset[str]:
    """Return every header that a column of these tables may have, folded."""
    return frozenset(name for table in tables for column in table.columns.values() for name in _names_of(column))


def find_header(rows: Sequence[Sequence[str]], known: frozenset[str]) -> int | None:
    """Return which of the first rows is the header; None if all are blank.

    It is the first that is not blank, unless a row below has more known headers: then the rows above that one are a
    title, or say for what the report was run (`Team`, `North`), and have fewer cells. One known header is enough if the
    rows above have one cell each; otherwise a cell may be "Team" by chance.
    """
    filled = [place for place, row in enumerate(rows) if _count_filled(row)]
    if not filled:
        return None
    found = {place: sum(fold_header(cell) in known for cell in rows[place] if cell) for place in filled}
    best = max(filled, key=lambda place: found[place])
    most_above = max((_count_filled(rows[place]) for place in filled if place < best), default=0)
    if found[filled[0]]:
        return best if most_above < _count_filled(rows[best]) else filled[0]
    is_header = found[best] >= _SURE or (found[best] == 1 and most_above <= 1)
    return best if is_header else filled[0]


def above_header(name: str, rows: Sequence[Sequence[str]]) -> list[Problem]:
    """Return a warning that rows above the header are ignored; none if they are blank."""
    filled = [str(number) for number, row in enumerate(rows, start=1) if _count_filled(row)]
    if not filled:
        return []
    which = f"row{'' if len(filled) == 1 else 's'} {', '.join(filled)}"
    message = f"the header is in row {len(rows) + 1}; the text above it is ignored ({which})"
    return [warning(name, message, "above-header")]


def _count_filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip(WHITESPACE)) for cell in row)


def match_headers(
    headers: Sequence[str], table: Table, path: str, known: frozenset[str]
) -> tuple[dict[str, int], list[Problem]]:
    """Return the place of each declared column among the headers, and the problems of the headers.

    `known` are the headers of all tables: one of them is no misspelling of another.
    """
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        places.setdefault(fold_header(header), []).append(place)
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for column in table.columns.values():
        found = sorted({place for name in _names_of(column) for place in places.get(name, ())})
        if found:
            columns[column.name] = found[0]
        if len(found) > 1:
            which = both(f"'{headers[place].strip()}' (column {place + 1})" for place in found)
            message = f"{len(found)} headers for column '{column.name}': {which}; keep one of them"
            problems.append(Problem(path, message, "duplicate-column"))
    for column in table.columns.values():
        if column.with_time is not None and column.name in columns and column.with_time not in columns:
            del columns[column.name]
            message = f"'{column.name}' has its time of day in '{column.with_time}', which this file does not have"
            problems.append(Problem(path, message, "missing-column", severity=Severity.WARNING))
    spare = [header.strip() for header in headers if fold_header(header) not in known]
    hint = _hint(headers, columns, table)
    missing = [column for column in table.columns.values() if column.required and column.name not in columns]
    return columns, problems + [_missing(column, spare, path, hint) for column in missing]


def _names_of(column: Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold_header(name) for name in (column.name, *column.names) if name.strip()))


def _missing(column: Column, spare: Sequence[str], path: str, hint: str) -> Problem:
    names = either(f"'{name}'" for name in dict.fromkeys((column.name, *column.names)))
    likenesses = {header: max(_likeness(name, header) for name in _names_of(column)) for header in spare if header}
    likest = max(likenesses, key=lambda header: likenesses[header], default=None)
    shown = likest is not None and likenesses[likest] >= _ALIKE  # beyond this it is another column, or data
    nearest = f"; the nearest header found is '{likest}'" if shown else ""
    message = f"required column '{column.name}' is missing; its header may be {names}{nearest}{hint}"
    return Problem(path, message, "missing-column")


def _likeness(name: str, header: str) -> float:
    """Return how alike two headers are, from 0 to 1, whatever the order of their words."""
    folded = fold_header(header)
    pairs = ((name, folded), (" ".join(sorted(name.split())), " ".join(sorted(folded.split()))))
    return max(SequenceMatcher(None, *pair).ratio() for pair in pairs)


def _hint(headers: Sequence[str], columns: Mapping[str, int], table: Table) -> str:
    """Return a guess at what is wrong with the file as a whole, if none of its headers is known."""
    if columns:
        return ""
    only = headers[0] if len(headers) == 1 else ""
    if quoted := next((each for each in ",;\t" if each in only), ""):
        return (
            f"; the header is a single cell with {quoted!r} in it: each row is in quotation marks as a whole; "
            "export the file without them"
        )
    delimiter = next((each for each in _OTHER_DELIMITERS if each in only), None)
    if delimiter:
        return (
            f"; the header is a single cell with '{delimiter}' in it: save the file with commas, "
            "semicolons or tabs between cells"
        )
    return f"; none of the headers found is a column of '{table.name}': is the first line the header?"
