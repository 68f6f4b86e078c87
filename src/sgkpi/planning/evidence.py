"""Evidence: all that a case's outcome, value and categories depend on, by name.

Two states of a case with equal evidence, as known at the same time and judged by the same definition and calendar, have
the same outcome. So a case whose outcome changed while its evidence did not was judged otherwise by the program.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from sgkpi.model.indicator import Indicator, Keep
from sgkpi.planning.columns import named_columns, related_named


class EvidenceKind(Enum):
    """The kinds of evidence."""

    COLUMN = auto()  # a column of the case, or of its related row that is kept
    ROW = auto()  # which related row is kept
    COUNT = auto()  # how many related rows there are
    STATE = auto()  # whether related rows are unreadable, or more than one
    DUPLICATE = auto()  # whether rows that differ share the case's key


@dataclass(frozen=True)
class Evidence:
    """A piece of evidence; `by_only` says that nothing but breakdowns uses it."""

    kind: EvidenceKind
    related: str | None = None
    column: str = ""
    by_only: bool = False

    @property
    def name(self) -> str:
        """`team`, `review.reviewed_on`, `review#row`, `home#count`, `home#state` or `#duplicate`."""
        of = self.related or ""
        if self.kind is EvidenceKind.COLUMN:
            return f"{of}.{self.column}" if of else self.column
        return f"{of}#{self.kind.name.lower()}"


def evidence_of(indicator: Indicator) -> tuple[Evidence, ...]:
    """Return the evidence of a definition's cases, in order: the case's columns, each related's, and duplicates."""
    named, core = named_columns(indicator), replace(indicator, by=())
    of_case, of_related = {*named_columns(core).case}, related_named(core)
    found = [Evidence(EvidenceKind.COLUMN, column=name, by_only=name not in of_case) for name in named.case]
    for related in indicator.related:
        by_only = related.name not in of_related
        columns = () if related.keep is Keep.COUNT else (*named.guards[related.name], *named.kept[related.name])
        counted = related.keep is Keep.COUNT
        found += [Evidence(EvidenceKind.COLUMN, related.name, name, by_only) for name in dict.fromkeys(columns)]
        found.append(Evidence(EvidenceKind.COUNT if counted else EvidenceKind.ROW, related.name, by_only=by_only))
        found.append(Evidence(EvidenceKind.STATE, related.name, by_only=by_only))
    return (*found, Evidence(EvidenceKind.DUPLICATE))
