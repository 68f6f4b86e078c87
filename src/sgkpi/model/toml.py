"""TOML parsing that survives any content."""

import re
import tomllib
from typing import Any

_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


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
        raise TomlError(f"{words[:1].lower()}{words[1:]}", int(found[1]) if found else None) from error
    except RecursionError as error:
        raise TomlError("brackets are nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits, or a day that no calendar has
        raise TomlError("a number or date is out of range") from error
