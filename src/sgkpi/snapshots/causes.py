"""The steps from a published figure to today's, and the causes of movements in each, in the order of ledgers."""

from enum import StrEnum


class Step(StrEnum):
    """The steps between the states of a figure, in order: each changes one thing and leaves the rest as it was.

    Records come before time, so that both are judged by the same clock; the definition comes last, so that the last
    subtotal is today's figure on the former definition.
    """

    RECORDS = "records"
    TIME = "time"
    CALENDAR = "calendar"
    DEFINITION = "definition"


class Cause(StrEnum):
    """The reasons why a case moved in a step, in the order in which they are listed and applied."""

    ARRIVED_LATE = "arrived_late"
    DELETED = "deleted"
    ENTERED_LATE = "entered_late"
    CORRECTED = "corrected"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    RECATEGORISED = "recategorised"
    PROGRAM = "program"
    UNMATCHED = "unmatched"
    NEW = "new"
    MATURED = "matured"
    CONTINUED = "continued"
    REWOUND = "rewound"
    CALENDAR = "calendar"
    DEFINITION = "definition"


CAUSE_ORDER = {cause: place for place, cause in enumerate(Cause)}
