"""A case-level table: its columns, key, and the moment from which a row exists."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.problems import Severity

# The `version` of tables whose later file, by name, replaces the rows of earlier ones.
FILE_VERSION = "file"


@dataclass(frozen=True)
class Named:
    """A named expression."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Rule(Named):
    """A condition that every row should satisfy, as written, and the severity if a row does not."""

    text: str = ""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True)
class Column:
    """A column of a table.

    `names` are other headers under which it arrives. `codes` maps each canonical code to the
    spellings accepted for it (a code is a spelling of itself, listed first); None: any value. `label` and `labels`
    are what people read in place of the name and of each code. `with_time` is the column with the time of day of a
    datetime whose own cell holds the day; 00:00 is then a time of day as any other.
    """

    name: str
    kind: Kind
    names: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] | None = field(default=None, hash=False)
    required: bool = False
    planned: bool = False
    current: bool = False
    midnight: bool = False
    with_time: str | None = None
    may_be_empty: bool = False
    description: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Table:
    """A checked table declaration; `columns` are in declared order.

    `waive` has the findings of `check` that are accepted, by code, each with the reason.
    Of rows that share a key, only those with the greatest `version` count: a column, or `FILE_VERSION` for the later
    file.
    `label` is what people read in place of the name: what its rows are, in the plural.
    `latest` are those of the names in `files` whose file holds the latest row of each person alone.
    """

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    person: str | None = None
    happened: str | None = None
    recorded: str | None = None
    version: str | None = None
    files: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    waive: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    label: str = ""
    latest: tuple[str, ...] = ()
    path: str = ""
    sha256: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        return hash(self.name)

    def label_of(self, column: str) -> str:
        """Return the name by which people know a column: its label, or its name."""
        return (self.columns[column].label if column in self.columns else "") or column
