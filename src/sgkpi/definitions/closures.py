"""Local closure days: `tables/holidays.csv`, a date and a name in each row."""

import csv
from datetime import date, datetime
from io import StringIO
from pathlib import Path

from sgkpi.model.problems import Problem

HEADER = ["date", "name"]
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


def read_closures(path: Path, shown: str) -> tuple[dict[date, str], list[Problem]]:
    """Return the closure days of a file, sorted, and its problems; without the file there are none of either."""
    if not path.is_file():
        return {}, []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, [Problem(shown, "the file is not UTF-8; save it as UTF-8", "not-utf8")]
    except OSError as error:
        return {}, [Problem(shown, f"the file cannot be read: {error.strerror}", "unreadable-file")]
    return _parse(text, shown)


def _parse(text: str, shown: str) -> tuple[dict[date, str], list[Problem]]:
    closures: dict[date, str] = {}
    problems = []
    rows = csv.reader(StringIO(text.replace("\0", "")))
    try:
        if [cell.strip().casefold() for cell in next(rows, [])] != HEADER:
            return {}, [Problem(shown, "the first line must be date,name", "holidays", 1)]
        for row in filter(lambda row: any(cell.strip() for cell in row), rows):
            day, line = _parse_day(row[0].strip()), rows.line_num
            if day is None or len(row) != len(HEADER):
                expected = "expected a date and a name, such as 2019-12-27,Council closed"
                problems.append(Problem(shown, expected, "holidays", line))
            elif day in closures:
                problems.append(Problem(shown, f"{day} is listed twice", "holidays", line))
            else:
                closures[day] = row[1].strip()
    except csv.Error as error:
        problems.append(Problem(shown, f"this is not valid CSV: {error}", "holidays", rows.line_num))
    return dict(sorted(closures.items())), problems


def _parse_day(text: str) -> date | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
