"""The outcomes that a case can have, and the reasons for `unknown`."""

from enum import StrEnum

NOT_RECORDED = "(not recorded)"
NOT_LISTED = "(not listed)"  # in reports, for values that are none of their column's codes
NO_OUTCOME = "none"  # in examples, of a case that the population does not include


class Outcome(StrEnum):
    """The outcomes of cases; every case in scope has exactly one."""

    MET = "met"
    NOT_MET = "not_met"
    OVERDUE = "overdue"
    COUNTED = "counted"
    NOT_DUE = "not_due"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


JUDGED = (Outcome.MET, Outcome.NOT_MET, Outcome.OVERDUE)


class Unknown(StrEnum):
    """The reasons why a case cannot be judged, in the order in which they are checked."""

    UNREADABLE = "unreadable"
    DUPLICATE_KEY = "duplicate_key"
    MORE_THAN_ONE = "more_than_one"
    POPULATION = "population"
    NO_START = "no_start"
    NO_DUE = "no_due"
    NO_TIME_OF_DAY = "no_time_of_day"
    STOP_BEFORE_START = "stop_before_start"
    MET = "met"
    VALUE = "value"
