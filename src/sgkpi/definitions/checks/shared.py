"""The bands and conditions that definitions share, and the record of their use."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sgkpi.definitions.expressions.parse import case_names
from sgkpi.definitions.expressions.scope import DUE, SharedCondition
from sgkpi.model.indicator import NamedMoment
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.table import Table

BANDS, CONDITIONS = "bands", "conditions"
Used = tuple[str, str]  # bands or conditions, and a name of one


@dataclass(frozen=True)
class Shared:
    """The bands and conditions of a catalogue; `wrong` are those with a mistake of their own.

    `path` is the file for people; it is empty where there is none. Of one that `is_unreadable` all is wrong.
    """

    path: str = ""
    bands: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    conditions: Mapping[str, SharedCondition] = field(default_factory=dict)
    wrong: frozenset[Used] = frozenset()
    lines: Mapping[Used, int] = field(default_factory=dict)
    is_unreadable: bool = False

    def is_wrong(self, what: str, name: str) -> bool:
        """Return whether a part has a mistake of its own, which is reported there."""
        return self.is_unreadable or (what, name) in self.wrong

    def parts(self, used: Collection[Used]) -> Mapping[str, str]:
        """Return what a definition uses as `bands.NAME` and `conditions.NAME`, each with its text."""
        found = {}
        for what, name in sorted(used):
            if what == BANDS and name in self.bands:
                found[f"{BANDS}.{name}"] = ", ".join(format(bound, "f") for bound in self.bands[name])
            elif what == CONDITIONS and name in self.conditions:
                found[f"{CONDITIONS}.{name}"] = self.conditions[name].text
        return found

    def notes(self, used: Collection[Used], tables: Mapping[str, Table]) -> Iterator[Problem]:
        """Yield a note for each part that no definition uses; it says so if a condition fits no table."""
        unused = (place for place in self.lines if place not in used and place not in self.wrong)
        for what, name in unused:
            message = f"no definition uses {what} '{name}'" if what == BANDS else f"no definition uses ${name}"
            if what == CONDITIONS and not _fits_a_table(self.conditions[name].text, tables):
                message += ", and no table has all the columns that it names"
            yield Problem(self.path, message, "unused", self.lines[what, name], severity=Severity.NOTE)


def _fits_a_table(text: str, tables: Mapping[str, Table]) -> bool:
    """Whether some table has every column of the case that a condition names; related rows may have any name."""
    names = case_names(text).difference(NamedMoment, {DUE})
    return any(names <= table.columns.keys() for table in tables.values())
