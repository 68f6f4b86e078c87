"""The catalogue: every table and indicator of a folder of definitions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sgkpi.model.benchmarks import Benchmark
from sgkpi.model.board import Board
from sgkpi.model.errors import DefinitionsError, UsageError
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem, unknown_names
from sgkpi.model.table import Table
from sgkpi.model.words import plural


@dataclass(frozen=True, repr=False)
class Catalogue:
    """Tables and indicators by name, sorted; `closures` are local closure days with their names.

    `holidays_sha256` is the digest of the file that lists them, None without one. `benchmarks` are published figures.
    `boards` are the improvement boards without a mistake, by name; `board_problems` stop only what needs a board.
    `themes` are titles by name, in the order of `themes.yaml`; there are none where the file is not.
    """

    path: Path
    tables: Mapping[str, Table]
    indicators: Mapping[str, Indicator]
    closures: Mapping[date, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    holidays_sha256: str | None = None
    benchmarks: tuple[Benchmark, ...] = ()
    boards: Mapping[str, Board] = field(default_factory=dict)
    board_problems: tuple[Problem, ...] = ()
    themes: Mapping[str, str] = field(default_factory=dict)

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
        return complete_each([beginning], self.indicators)[0]


def complete_each(beginnings: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return for each text the id that it is, or the only one that begins with it. Raises as `Catalogue.complete` does.

    Every text that begins no id is named.
    """
    names, completed = list(known), []
    begun = {text: [name for name in names if name.startswith(text)] for text in beginnings}
    if not all(map(str.strip, begun)):
        raise UsageError("ID: this is empty; `sgkpi list` shows the indicators")
    check_known([text for text, found in begun.items() if not found], names)
    for text, found in begun.items():
        if len(found) > 1 and text not in found:
            raise DefinitionsError(f"'{text}' is the beginning of several indicators: {', '.join(found)}")
        completed.append(text if text in found else found[0])
    return completed


def check_known(ids: Iterable[str], known: Iterable[str]) -> None:
    """Raise DefinitionsError with every unknown id and the nearest known one, if there are any."""
    names = list(known)
    unknown = [name for name in sorted(set(ids)) if name not in names]
    if unknown:
        raise DefinitionsError(unknown_names("indicator", unknown, names, "`sgkpi list` shows them all"))
