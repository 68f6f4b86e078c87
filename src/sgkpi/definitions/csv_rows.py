"""Rows of the CSV files that belong to a catalogue."""

import csv
import os
from io import StringIO
from pathlib import Path

from sgkpi.definitions.regular import read_regular
from sgkpi.model.problems import Problem

Row = tuple[int, list[str]]


def read_rows(path: Path, shown: str, code: str) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a file that are not blank, each with its line, and a problem if the file cannot be read.

    Cells are trimmed. The rows of an empty file are one without cells; there are none if nothing could be read.
    """
    if not os.path.lexists(path):
        return [], []
    try:
        text = read_regular(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem(shown, "the file is not UTF-8; save it as UTF-8", "not-utf8")]
    except OSError as error:
        return [], [Problem(shown, f"the file cannot be read: {error.strerror}", "unreadable-file")]
    rows: list[Row] = []
    reader, line = csv.reader(StringIO(text.replace("\0", ""))), 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            rows += [(line, cells)] if any(cells) else []
            line = reader.line_num + 1
    except csv.Error as error:
        return rows, [Problem(shown, f"this is not valid CSV: {error}", code, reader.line_num)]
    return rows or [(1, [])], []
