"""The measures: how the value of an indicator is calculated from its cases."""

from enum import StrEnum


class Measure(StrEnum):
    """The kinds of value that an indicator can have."""

    PROPORTION = "proportion"
    COUNT = "count"
    MEAN = "mean"
    MEDIAN = "median"
    MAXIMUM = "maximum"
    RATIO = "ratio"

    @property
    def has_values(self) -> bool:
        """Whether each case has a number: all but proportions and counts."""
        return self not in (Measure.PROPORTION, Measure.COUNT)
