"""The measures: how the value of an indicator is made from its cases."""

from enum import StrEnum


class Measure(StrEnum):
    """What an indicator's value is."""

    PROPORTION = "proportion"
    COUNT = "count"
    MEAN = "mean"
    MEDIAN = "median"
    MAXIMUM = "maximum"
