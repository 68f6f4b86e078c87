"""Read `extract.toml`: when the extract was made, its source, and from when its tables are complete."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sgkpi.definitions.regular import read_regular
from sgkpi.extracts.candidates import nearest_name
from sgkpi.extracts.moments import parse_datetime
from sgkpi.model.folding import WHITESPACE, fold_name
from sgkpi.model.periods import end_of_day, london_time
from sgkpi.model.problems import Problem, did_you_mean, warning
from sgkpi.model.toml import TomlError, parse_toml

FILE_NAME = "extract.toml"
_KEYS = ("extracted_at", "source", "covers")
_SECTION = re.compile(r"\s*\[\s*[\"']?([^\]\"']+?)[\"']?\s*\]")


@dataclass(frozen=True)
class ExtractSettings:
    """The settings of an extract; `extracted_at` is wall-clock time in Europe/London."""

    extracted_at: datetime | None = None
    source: str | None = None
    covers: Mapping[str, date] = field(default_factory=dict)


@dataclass
class _Reading:
    """The file being read, and its problems so far."""

    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, message: str, code: str, key: str, section: str = "") -> None:
        self.problems.append(Problem(self.name, message, code, line=_line_of(self.text, key, section)))


def settings_path(extract: Path) -> Path:
    """Return the path of an extract's settings: `extract.toml` in a folder, `x.toml` beside `x.xlsx`.

    Case does not matter, as on Windows: the same extract has the same figures elsewhere.
    """
    path = extract / FILE_NAME if extract.is_dir() else extract.with_suffix(".toml")
    if os.path.lexists(path):
        return path
    with suppress(OSError):
        for each in sorted(path.parent.iterdir()):
            if each.name.casefold() == path.name.casefold():
                return each
    return path


def settings_not_read(names: Iterable[str], read: str) -> Iterator[Problem]:
    """Yield a warning for each name in an extract's folder that looks like that of its settings and is not `read`."""
    for name in names:
        is_settings = ".toml" in name.casefold() and name != read
        if is_settings and nearest_name(fold_name(name), {fold_name(Path(FILE_NAME).stem): FILE_NAME}):
            message = f"not read: the settings of an extract are in '{FILE_NAME}'"
            yield warning(name, message, "file-not-read")


def read_settings(path: Path, tables: Iterable[str]) -> tuple[ExtractSettings, list[Problem]]:
    """Return the settings in a file and their problems; both are empty if there is no file."""
    if not os.path.lexists(path):
        return ExtractSettings(), []
    try:
        text = read_regular(path).decode("utf-8-sig")
        values = parse_toml(text)
    except OSError as error:
        problem = Problem(path.name, f"the file cannot be read: {error.strerror or error}", "unreadable-file")
    except UnicodeDecodeError:
        problem = Problem(path.name, "the file is not UTF-8; save it as UTF-8", "not-utf8")
    except TomlError as error:
        problem = Problem(path.name, f"this is not valid TOML: {error.reason}", "not-toml", line=error.line)
    else:
        reading = _Reading(path.name, text)
        return _settings(reading, values, sorted(tables)), reading.problems
    return ExtractSettings(), [problem]


def _settings(reading: _Reading, values: Mapping[str, object], tables: list[str]) -> ExtractSettings:
    for key in values:
        if key not in _KEYS:
            known = ", ".join(f"'{each}'" for each in _KEYS)
            hint = did_you_mean(key, _KEYS) or f"; the keys are {known}"
            reading.refuse(f"no key '{key}'{hint}", "unknown-key", key)
    extracted_at = _as_moment(values.get("extracted_at"))
    if extracted_at is None and "extracted_at" in values:
        expected = "a date or datetime, such as 2019-03-04T07:00:00"
        reading.refuse(f"'extracted_at' must be {expected}", "bad-date", "extracted_at")
    source = values.get("source")
    if not isinstance(source, str | None):
        reading.refuse("'source' must be text in quotation marks", "bad-text", "source")
        source = None
    return ExtractSettings(extracted_at, source, _covers(reading, values.get("covers", {}), tables))


def _covers(reading: _Reading, value: object, tables: list[str]) -> dict[str, date]:
    if not isinstance(value, dict):
        reading.refuse("'covers' must be a section, [covers], with a date for each table", "bad-section", "covers")
        return {}
    covers = {}
    for table, start in value.items():
        day = _as_moment(start)
        if table not in tables:
            hint = did_you_mean(table, tables)
            reading.refuse(f"no table '{table}'{hint}", "unknown-table", table, "covers")
        elif day is None:
            reading.refuse(f"'{table}' must be a date, such as 2018-04-01", "bad-date", table, "covers")
        else:
            covers[table] = day.date()
    return covers


def _as_moment(value: object) -> datetime | None:
    """Return a moment in Europe/London; a date alone means the end of its day."""
    match value:
        case datetime():
            try:
                return london_time(value)
            except OverflowError:  # at the edge of the calendar
                return None
        case date():
            return end_of_day(value)
        case str():
            written = parse_datetime(value.strip(WHITESPACE), midnight=True)
            if written is None:
                return None
            return written.value if written.with_time else end_of_day(written.value.date())
        case _:
            return None


def _line_of(text: str, key: str, section: str) -> int | None:
    """Return the line of a key of a section, or of the section itself; None if it is not found."""
    written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    dotted = re.compile(rf"\s*{re.escape(section)}\s*\.\s*[\"']?{re.escape(key)}[\"']?\s*=")
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        opened = _SECTION.match(line)
        current = opened[1] if opened else current
        if (opened and not section and current == key) or (current == section and written.match(line)):
            return number
        if section and dotted.match(line):
            return number
    return None
