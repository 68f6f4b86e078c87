"""Local closure days: `tables/holidays.csv`, a date and a name in each row."""

from datetime import date, datetime
from pathlib import Path

from sgkpi.definitions.csv_rows import read_rows
from sgkpi.model.problems import Problem

HEADER = ["date", "name"]
_CODE = "holidays"
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


def read_closures(path: Path, shown: str) -> tuple[dict[date, str], list[Problem]]:
    """Return the closure days of a file, sorted, and its problems; both are empty if there is no file."""
    rows, problems = read_rows(path, shown, _CODE)
    if not rows:
        return {}, problems
    (_, header), *rows = rows
    if [cell.casefold() for cell in header] != HEADER:
        return {}, [Problem(shown, "the first line must be date,name", _CODE, 1)]
    closures: dict[date, str] = {}
    for line, row in rows:
        day = _parse_day(row[0])
        if day is None or len(row) != len(HEADER):
            expected = "expected a date and a name, such as 2019-12-27,Council closed"
            problems.append(Problem(shown, expected, _CODE, line))
        elif day in closures:
            problems.append(Problem(shown, f"{day} is listed twice", _CODE, line))
        else:
            closures[day] = row[1]
    return dict(sorted(closures.items())), problems


def _parse_day(text: str) -> date | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
