"""The measures: how the value of an indicator is calculated from its cases."""

from enum import StrEnum


class Measure(StrEnum):
    """The kinds of value that an indicator can have."""

    PROPORTION = "proportion"
    COUNT = "count"
    MEAN = "mean"
    MEDIAN = "median"
    MAXIMUM = "maximum"
