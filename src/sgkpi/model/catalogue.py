"""The catalogue: every table and every indicator that a folder of definitions declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sgkpi.model.errors import DefinitionsError
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem, did_you_mean
from sgkpi.model.table import Table


@dataclass(frozen=True)
class Catalogue:
    """Tables and indicators by name, in the order of their names; `closures` are local closure days."""

    path: Path
    tables: Mapping[str, Table]
    indicators: Mapping[str, Indicator]
    closures: Mapping[date, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def choose(self, ids: Iterable[str]) -> tuple[Indicator, ...]:
        """The indicators of these ids, or all when none is named, each once, in order of id.

        Raises DefinitionsError that names every unknown id and the nearest known one.
        """
        wanted = sorted(set(ids)) or list(self.indicators)
        check_known(wanted, self.indicators)
        return tuple(self.indicators[name] for name in wanted)


def check_known(ids: Iterable[str], known: Iterable[str]) -> None:
    """Raises DefinitionsError that names every unknown id and the nearest known one."""
    names = list(known)
    unknown = [name for name in sorted(set(ids)) if name not in names]
    if unknown:
        words = [f"no indicator '{name}'{did_you_mean(name, names)}" for name in unknown]
        raise DefinitionsError("; ".join(words) + "; `sgkpi list` shows them all")
