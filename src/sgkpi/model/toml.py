"""TOML parsing that survives any content."""

import re
import tomllib
from typing import Any

_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")
ESCAPES = "in double quotation marks \\ begins an escape; write a path with /, or in single quotation marks"
# What people write who do not know TOML, by the line that is wrong, and what to write.
_MISTAKES = (
    (re.compile(r'=\s*"[^"]*\\'), ESCAPES),
    (
        re.compile(r"=\s*(\d{1,2}/\d{1,2}/\d{4}|(?!\d{4}-\d\d-\d\d)\d{4}-\d)"),
        "write a day as 2019-03-04, and a moment as 2019-03-04T07:00:00",
    ),
    (re.compile(r"=\s*[^\s\"'\[{\d+-]"), "put text in quotation marks"),
)


class TomlError(ValueError):
    """Text that is not TOML: the `reason` in words, and the `line`, from 1, where it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def parse_toml(text: str) -> dict[str, Any]:
    """Return the values of a TOML document; raises TomlError."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found, words = _LINE.search(str(error)), _LINE.sub("", str(error))
        line = int(found[1]) if found else None
        raise TomlError(f"{words[:1].lower()}{words[1:]}{_advice(text, line)}", line) from error
    except RecursionError as error:
        raise TomlError("brackets are nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits, or a day that no calendar has
        raise TomlError("a number or date is out of range") from error


def _advice(text: str, line: int | None) -> str:
    """Return what to write instead of a line that is a usual mistake; nothing for any other."""
    lines = text.splitlines()
    written = lines[line - 1] if line is not None and line <= len(lines) else ""
    return next((f"; {advice}" for mistake, advice in _MISTAKES if mistake.search(written)), "")
