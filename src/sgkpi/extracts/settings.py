"""Read `extract.toml`: when the extract was made, its source, and from when its tables are complete."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sgkpi.extracts.moments import parse_datetime, to_london
from sgkpi.extracts.words import WHITESPACE
from sgkpi.model.periods import end_of_day
from sgkpi.model.problems import Problem, did_you_mean

FILE_NAME = "extract.toml"
_KEYS = ("extracted_at", "source", "covers")
_TOML_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")
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
    """Return the path of an extract's settings: `extract.toml` in a folder, `x.toml` beside `x.xlsx`."""
    return extract / FILE_NAME if extract.is_dir() else extract.with_suffix(".toml")


def read_settings(path: Path, tables: Iterable[str]) -> tuple[ExtractSettings, list[Problem]]:
    """Return the settings in a file and their problems; without the file, neither."""
    if not path.exists():
        return ExtractSettings(), []
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except OSError as error:
        return ExtractSettings(), [
            _problem(path, f"the file cannot be read: {error.strerror or error}", "unreadable-file")
        ]
    except UnicodeDecodeError:
        return ExtractSettings(), [_problem(path, "the file is not UTF-8; save it as UTF-8", "not-utf8")]
    except tomllib.TOMLDecodeError as error:
        return ExtractSettings(), [_not_toml(path, str(error))]
    reading = _Reading(path.name, text)
    return _settings(reading, values, sorted(tables)), reading.problems


def _settings(reading: _Reading, values: Mapping[str, object], tables: list[str]) -> ExtractSettings:
    for key in values:
        if key not in _KEYS:
            known = ", ".join(f"'{each}'" for each in _KEYS)
            hint = did_you_mean(key, _KEYS) or f"; the keys are {known}"
            reading.refuse(f"no key '{key}'{hint}", "unknown-key", key)
    return ExtractSettings(
        extracted_at=_extracted_at(reading, values.get("extracted_at")),
        source=_source(reading, values.get("source")),
        covers=_covers(reading, values.get("covers", {}), tables),
    )


def _extracted_at(reading: _Reading, value: object) -> datetime | None:
    moment = _as_moment(value)
    if moment is None and value is not None:
        expected = "a date or datetime, such as 2019-03-04T07:00:00"
        reading.refuse(f"'extracted_at' must be {expected}", "bad-date", "extracted_at")
    return moment


def _source(reading: _Reading, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    reading.refuse("'source' must be text in quotation marks", "bad-text", "source")
    return None


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
    """A moment in Europe/London; a date alone means the end of its day."""
    match value:
        case datetime():
            return _in_london(value)
        case date():
            return end_of_day(value)
        case str():
            written = parse_datetime(value.strip(WHITESPACE))
            if written is None:
                return None
            return written.value if written.with_time else end_of_day(written.value.date())
        case _:
            return None


def _in_london(moment: datetime) -> datetime | None:
    try:
        return to_london(moment) if moment.tzinfo else moment
    except OverflowError:  # at the edge of the calendar
        return None


def _not_toml(path: Path, message: str) -> Problem:
    found = _TOML_LINE.search(message)
    words = _TOML_LINE.sub("", message)
    line = int(found[1]) if found else None
    return _problem(path, f"this is not valid TOML: {words[:1].lower()}{words[1:]}", "not-toml", line)


def _problem(path: Path, message: str, code: str, line: int | None = None) -> Problem:
    return Problem(path.name, message, code, line=line)


def _line_of(text: str, key: str, section: str) -> int | None:
    """The line of a key of a section, or of the section itself; None if it is not found."""
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
