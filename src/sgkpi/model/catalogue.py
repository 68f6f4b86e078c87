"""The catalogue: every table and indicator of a folder of definitions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sgkpi.model.errors import DefinitionsError, UsageError
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem, did_you_mean
from sgkpi.model.table import Table
from sgkpi.model.words import plural


@dataclass(frozen=True, repr=False)
class Catalogue:
    """Tables and indicators by name, sorted; `closures` are local closure days with their names.

    `holidays_sha256` is the digest of the file that lists them, None without one.
    """

    path: Path
    tables: Mapping[str, Table]
    indicators: Mapping[str, Indicator]
    closures: Mapping[date, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    holidays_sha256: str | None = None

    def __repr__(self) -> str:
        sizes = f"{plural(len(self.indicators), 'indicator')}, {plural(len(self.tables), 'table')}"
        return f"<sgkpi catalogue '{self.path}': {sizes}>"

    def choose(self, ids: Iterable[str]) -> tuple[Indicator, ...]:
        """Return the indicators with these ids (all if none is given), each once, in order of id.

        Raises DefinitionsError with every unknown id and the nearest known one.
        """
        wanted = sorted(set(ids)) or list(self.indicators)
        check_known(wanted, self.indicators)
        return tuple(self.indicators[name] for name in wanted)

    def complete(self, beginning: str) -> str:
        """Return the id that is this text, or the only one that begins with it.

        Raises DefinitionsError that names the nearest, and UsageError for an empty text, with which every id begins.
        """
        if not beginning.strip():
            raise UsageError("ID: this is empty; `sgkpi list` shows the indicators")
        begun = [name for name in self.indicators if name.startswith(beginning)]
        if beginning in self.indicators or not begun:
            return self.choose([beginning])[0].id
        if len(begun) > 1:
            raise DefinitionsError(f"'{beginning}' is the beginning of several indicators: {', '.join(begun)}")
        return begun[0]


def check_known(ids: Iterable[str], known: Iterable[str]) -> None:
    """Raise DefinitionsError with every unknown id and the nearest known one, if there are any."""
    names = list(known)
    unknown = [name for name in sorted(set(ids)) if name not in names]
    if unknown:
        words = [f"no indicator '{name}'{did_you_mean(name, names)}" for name in unknown]
        raise DefinitionsError("; ".join(words) + "; `sgkpi list` shows them all")
