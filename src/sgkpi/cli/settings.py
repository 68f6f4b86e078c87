"""Settings: `sgkpi.toml` in the working directory or a parent.

An option wins over an environment variable, and both over this file; the options themselves read
the environment. Paths in the file are relative to the file.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sgkpi.definitions.regular import read_regular
from sgkpi.model.errors import UsageError
from sgkpi.model.problems import Problem, did_you_mean
from sgkpi.model.toml import ESCAPES, TomlError, parse_toml

FILE_NAME = "sgkpi.toml"
CACHE = "SGKPI_CACHE"
OFF = ("0", "no", "false", "off")
REPORT = "report"
KEYS = ("data", "catalogue", "snapshots", "snapshot_cases", "snapshot_fail_on", "commentary", REPORT)
REPORT_KEYS = ("authority", "marking", "board")
_TEXTS = ("report_authority", "report_marking")

NO_DATA = """no extract given: use --data DIR, SGKPI_DATA, or `data = "DIR"` in sgkpi.toml.
To try sgkpi on synthetic data, run `sgkpi init my-project --sample`, then run sgkpi in that folder"""

NO_STORE = 'no store of snapshots given: use --snapshots DIR, SGKPI_SNAPSHOTS, or `snapshots = "DIR"` in sgkpi.toml'


@dataclass(frozen=True)
class Settings:
    """The settings in `sgkpi.toml`; None for each that is not set.

    `snapshot_cases` is the folder for sealed cases, or False where none are to be kept. What stands under `[report]`
    begins with `report_`.
    """

    data: Path | None = None
    catalogue: Path | None = None
    snapshots: Path | None = None
    snapshot_cases: Path | Literal[False] | None = None
    snapshot_fail_on: tuple[str, ...] | None = None
    commentary: Path | None = None
    report_board: Path | None = None
    report_authority: str = ""
    report_marking: str = ""


def find_settings(start: Path) -> Settings:
    """Return the settings of the nearest `sgkpi.toml` in a folder or its parents.

    Raises UsageError when the file is invalid, or belongs to neither the user nor root: whoever owns it would choose
    the data and the definitions.
    """
    path = settings_file(start)
    if path is None:
        return Settings()
    if hasattr(os, "getuid") and path.exists() and path.stat().st_uid not in (os.getuid(), 0):
        raise UsageError(
            f"{path} belongs to another user, so it is not used; name the extract and the definitions with "
            "--data and --catalogue, or SGKPI_DATA and SGKPI_CATALOGUE"
        )
    return read_settings(path)


def settings_file(start: Path) -> Path | None:
    """Return the nearest `sgkpi.toml`; the search ends at the home folder and at the border of a file system."""
    for folder in (start, *start.parents):
        if folder.stat().st_dev != start.stat().st_dev:
            break
        if os.path.lexists(path := folder / FILE_NAME):
            return path
        if folder == _home():
            break
    return None


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without a home
        return None


def read_settings(path: Path) -> Settings:
    """Read a file of settings; raises UsageError with every problem in it."""
    try:
        written = parse_toml(read_regular(path).decode("utf-8-sig"))
    except TomlError as error:
        where = f"{path}:{error.line}" if error.line else path
        raise UsageError(f"{where} is not TOML: {error.reason}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not encoded in UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    problems = [problem for key, value in written.items() if (problem := _check(path, key, value))]
    of_reports = written.pop(REPORT, {})
    if isinstance(of_reports, dict):
        problems += (found for key, value in of_reports.items() if (found := _check_report(path, key, value)))
    if problems:
        raise UsageError(f"invalid settings in {path}", problems)
    values = {**written, **{f"{REPORT}_{key}": value for key, value in of_reports.items()}}
    return Settings(**{key: value if key in _TEXTS else _value(path, value) for key, value in values.items()})


def _value(path: Path, value: Any) -> Any:  # noqa: ANN401 - TOML holds anything
    if isinstance(value, str):
        return path.parent / Path(value).expanduser()
    return tuple(value) if isinstance(value, list) else value


def _check(path: Path, key: str, value: Any) -> Problem | None:  # noqa: ANN401 - TOML holds anything
    if key not in KEYS:
        known = f"the settings are {', '.join(KEYS)}"
        return Problem(str(path), f"unknown setting '{key}'{did_you_mean(key, KEYS) or '; ' + known}", "unknown-key")
    if key == REPORT:
        message = f"'{REPORT}' must be a table: write [{REPORT}] on a line of its own, and its settings below it"
        return None if isinstance(value, dict) else Problem(str(path), message, "bad-value")
    if key == "snapshot_fail_on":
        return _check_gates(path, value)
    if key == "snapshot_cases" and value is False:
        return None
    return _check_path(path, key, value, 'folder"' + (", or false" if key == "snapshot_cases" else ""))


def _check_report(path: Path, key: str, value: Any) -> Problem | None:  # noqa: ANN401 - TOML holds anything
    if key not in REPORT_KEYS:
        nearest = did_you_mean(key, REPORT_KEYS) or f"; the settings there are {', '.join(REPORT_KEYS)}"
        return Problem(str(path), f"unknown setting '{key}' in [{REPORT}]{nearest}", "unknown-key")
    if key == "board":
        return _check_path(path, key, value, 'board.yaml"', what="file")
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        return Problem(str(path), f"'{key}' in [{REPORT}] must be a line of text in quotes", "bad-value")
    return None


def _check_path(path: Path, key: str, value: Any, example: str, what: str = "folder") -> Problem | None:  # noqa: ANN401
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        message = f"'{key}' must be the path of a {what} in quotes, for example {key} = \"{example}"
        return Problem(str(path), message, "bad-value")
    try:
        Path(value).expanduser()
    except RuntimeError:
        home = Path(value).parts[0]
        return Problem(str(path), f"'{key}': cannot expand '{home}'; give the full path", "bad-value")
    if not value.isprintable() and not os.path.lexists(path.parent / value):
        return Problem(str(path), f"'{key}' has a control character in it: {ESCAPES}", "bad-value")
    return None


def _check_gates(path: Path, value: Any) -> Problem | None:  # noqa: ANN401 - TOML holds anything
    from sgkpi.snapshots.gates import Gate

    known = [gate.value for gate in Gate]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        message = f"'snapshot_fail_on' must be a list of gates, for example snapshot_fail_on = [\"{known[0]}\"]"
        return Problem(str(path), message, "bad-value")
    if unknown := [each for each in value if each not in known]:
        nearest = did_you_mean(unknown[0], known) or f"; the gates are {', '.join(known)}"
        return Problem(str(path), f"'snapshot_fail_on': no gate '{unknown[0]}'{nearest}", "bad-value")
    return None


def working_folder() -> Path:
    """Return the working directory; raise UsageError if it no longer exists."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the working directory no longer exists; change to another one") from error


def data_path(option: Path | None) -> Path:
    """Return the path of the extract, from the option or the settings; there is no default."""
    path = option or find_settings(working_folder()).data
    if path is None:
        raise UsageError(NO_DATA)
    return path


def catalogue_path(option: Path | None) -> Path | None:
    """Return the folder of definitions, from the option or the settings; None for the one that comes with sgkpi."""
    return option or find_settings(working_folder()).catalogue


def commentary_path(option: Path | None, catalogue: Path) -> Path | None:
    """Return the folder of commentary, from the option or the settings.

    Else it is `commentary` beside the catalogue, None where that is not there.
    """
    named = option or find_settings(working_folder()).commentary
    whole = catalogue.resolve() if catalogue.name in ("", "..") else catalogue.absolute()
    beside = whole.parent / "commentary"
    return named or (beside if beside.is_dir() else None)


def report_heading() -> tuple[str, str]:
    """Return whose figures reports are of, and how they are marked; empty where the settings do not say it."""
    settings = find_settings(working_folder())
    return settings.report_authority, settings.report_marking


def board_path(option: Path | None) -> Path | None:
    """Return the file of the improvement board, from the option or the settings; None for that of the catalogue."""
    return option or find_settings(working_folder()).report_board


def snapshots_path(option: Path | None) -> Path | None:
    """Return the folder of the store of snapshots, from the option or the settings; None where there is none."""
    return option or find_settings(working_folder()).snapshots


def store_path(option: Path | None) -> Path:
    """Return the folder of the store of snapshots, as `snapshots_path` does; there is no default."""
    path = snapshots_path(option)
    if path is None:
        raise UsageError(NO_STORE)
    return path


def cases_path(option: Path | None, snapshots: Path, *, off: bool = False) -> Path | None:
    """Return the folder for the sealed cases of a store: as the option or the settings say, else the one beside it.

    None where none are to be kept: with `off`, or where `off`, `no`, `false` or `0` stands in place of a folder.
    """
    from sgkpi.snapshots.store import default_private_folder

    named = option or find_settings(working_folder()).snapshot_cases
    if off or named is False or str(named).lower() in OFF:
        return None
    return named or default_private_folder(snapshots)


def fail_on(option: Sequence[str]) -> tuple[str, ...]:
    """Return the gates that stop a snapshot, from the option or the settings."""
    return tuple(option) or find_settings(working_folder()).snapshot_fail_on or ()


def cache_path() -> Path | None:
    """Return the folder to cache definitions in: SGKPI_CACHE, none if that is `off`, or the user's cache."""
    named = os.environ.get(CACHE, "").strip()
    if named.lower() in OFF:
        return None
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("sgkpi", appauthor=False)
