"""Stock and flow: how the cases open at the end of one month become those open at the end of the next."""

from dataclasses import dataclass
from fractions import Fraction

from sgkpi.model.periods import Month

SHARE_UNEXPLAINED = Fraction(1, 20)  # of the opening
CASES_UNEXPLAINED = 3
RECONCILIATION_COLUMNS = (
    *("indicator", "period", "opening_published", "restated", "opening"),
    *("entered", "left", "moved_in", "moved_out", "closing"),
)


@dataclass(frozen=True)
class Reconciliation:
    """The cases in scope of a stock at the end of the month before, and what led to those at the end of this one.

    `opening_published` is the closing of the month before as the previous snapshot has it, `restated` the sum of that
    figure's ledger. `entered` and `left` are counted from the dates of spells, by a query of their own; `moved_in` and
    `moved_out` are the cases that changed sides without such a date. Where the population asks for more than spells,
    such as a plan that is not there or an age, such moves are how it works (`moves_by_spells` is False).
    """

    indicator: str
    period: Month
    opening_published: int
    restated: int
    entered: int
    left: int
    moved_in: int
    moved_out: int
    closing: int
    moves_by_spells: bool = True

    @property
    def opening(self) -> int:
        return self.opening_published + self.restated

    @property
    def adds_up(self) -> bool:
        return self.opening + self.entered - self.left + self.moved_in - self.moved_out == self.closing

    @property
    def failures(self) -> tuple[str, ...]:
        """The reasons for which the gate fails: no identity, or over 5% that nothing explains."""
        found = []
        if not self.adds_up:
            found.append("opening and flows do not add up to the closing")
        if self.moves_by_spells and self._is_much(moved := self.moved_in + self.moved_out):
            found.append(f"{moved} cases moved in or out without a date of a spell; the opening is {self.opening}")
        if self._is_much(abs(self.restated)):
            found.append(f"the opening was {self.opening_published} as published and is {self.opening} now")
        return tuple(found)

    def _is_much(self, cases: int) -> bool:
        return cases >= CASES_UNEXPLAINED and cases > SHARE_UNEXPLAINED * self.opening
