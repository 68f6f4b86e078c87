"""The names of the columns that the engine's relations have: no other module spells one, or a prefix of one."""


class Name:
    """Names of columns, by what they hold."""

    # Of every row that is read.
    KEY_HASH = "key_hash"
    FLAGS = "flags"
    FILE = "file"
    IS_BLANK_ROW = "is_blank_row"
    REST_IS_BLANK = "rest_is_blank"
    ROW_ID = "rowid"
    FILE_NAME = "file_name"
    ROW_NUMBER = "row_number"
    # Of rows that `check` looks at.
    ROW_HASH = "row_hash"
    HAPPENED = "happened"
    # Of cases.
    PLACE = "place"
    EXISTS = "exists"
    IS_DUPLICATE = "is_duplicate"
    KNOWN = "known"
    REFERENCE_DAY = "reference_day"
    DAY_NUMBER = "day_number"
    # Of questions to related rows.
    QUESTION = "question"
    LOOKUP_KEY = "lookup_key"
    ROW_KEY = "row_key"

    @staticmethod
    def cell(place: int) -> str:
        """A cell as the file has it, by its place in the header."""
        return f"x{place}"

    @staticmethod
    def value(column: str | None) -> str:
        """The typed value."""
        return f"v_{column}"

    @staticmethod
    def unreadable(column: str | None) -> str:
        """Whether the cell holds something that fits no format of its type."""
        return f"u_{column}"

    @staticmethod
    def has_time(column: str | None) -> str:
        """Whether a datetime that may lie at midnight has a time of day."""
        return f"m_{column}"

    @staticmethod
    def raw(column: str | None) -> str:
        """The text as it is written."""
        return f"raw_{column}"

    @staticmethod
    def serial(column: str) -> str:
        """Whether the cell holds a number as Excel counts days."""
        return f"s_{column}"

    @staticmethod
    def recorded(column: str) -> str:
        """The text of a cell whose spelling is no usual one of a code."""
        return f"w_{column}"

    @staticmethod
    def listed(column: str) -> str:
        """The code that the spelling of a cell stands for."""
        return f"l_{column}"

    @staticmethod
    def parsed(column: str) -> str:
        """What the parser makes of a cell, implausible dates included."""
        return f"p_{column}"

    @staticmethod
    def written(column: str) -> str:
        """The text of a cell while it is typed."""
        return f"r_{column}"

    @staticmethod
    def trimmed(column: str) -> str:
        """The text of a cell without surrounding space, or as keys are compared."""
        return f"t_{column}"

    @staticmethod
    def usual(column: str) -> str:
        """The code of a usual spelling; the name of the table of these, too."""
        return f"k_{column}"

    @staticmethod
    def compared(column: str | None) -> str:
        """The value as it is compared in keys and joins."""
        return f"k_{column}"

    @staticmethod
    def day(column: str) -> str:
        """The day of a date or datetime at which a spell begins or ends."""
        return f"day_{column}"

    @staticmethod
    def conditions(number: int) -> str:
        """Which conditions hold for a row, as bits, by the number of the first."""
        return f"f_{number}"

    @staticmethod
    def bound(name: str) -> str:
        """`until` or `after` of a question."""
        return f"b_{name}"

    @staticmethod
    def bound_has_time(name: str) -> str:
        """Whether a bound has a time of day."""
        return f"bm_{name}"

    @staticmethod
    def own(part: str) -> str:
        """A part of the key of the row that asks, by which it is told from others of its table."""
        return f"self.{part}"

    @staticmethod
    def related(indicator: str, name: str, part: str) -> str:
        """What a case knows of related rows."""
        return f"{indicator}.{name}.{part}"

    @staticmethod
    def month(column: str) -> str:
        """The month in which a date places a case."""
        return f"month.{column}"

    @staticmethod
    def month_due(number: int) -> str:
        """The month in which a case of the indicator of this number is due."""
        return f"month of due {number}"

    @staticmethod
    def unjudged_code(period_key: str) -> str:
        """The code of a case that is not judged, for a way of placing."""
        return f"unjudged.{period_key}"

    @staticmethod
    def due(number: int) -> str:
        """The day on which a case is due, by the number of its indicator."""
        return f"d_{number}"

    @staticmethod
    def elapsed(number: int) -> str:
        """The time from start to stop, by the number of the first indicator with such a clock."""
        return f"elapsed_{number}"

    @staticmethod
    def working_days(number: int) -> str:
        """The table of due days in working days that is joined for an indicator."""
        return f"w_{number}"

    @staticmethod
    def gate(number: int) -> str:
        """The outcome of the first questions that several indicators share."""
        return f"gate_{number}"

    @staticmethod
    def outcome(number: int) -> str:
        """The code of the outcome, by the number of the indicator."""
        return f"o_{number}"

    @staticmethod
    def numerator(number: int) -> str:
        """The numerator of a case's value."""
        return f"n_{number}"

    @staticmethod
    def denominator(number: int) -> str:
        """The denominator of a case's value."""
        return f"q_{number}"

    @staticmethod
    def category(number: int) -> str:
        """The category of a breakdown, by its number."""
        return f"c_{number}"
