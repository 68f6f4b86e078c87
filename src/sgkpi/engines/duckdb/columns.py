"""The names of the columns in the engine's relations; no other module spells one, or its prefix."""

from dataclasses import dataclass

from sgkpi.engines.sql.ast import Column
from sgkpi.model import table


@dataclass(frozen=True)
class _Named:
    """Columns of one kind, each named after what it belongs to, such as a column or an indicator."""

    prefix: str

    def __call__(self, of: table.Column | str | int | None) -> Column:
        return Column(f"{self.prefix}{of.name if isinstance(of, table.Column) else of}")


class Name:
    """The columns, by what they hold."""

    # Of every row that is read.
    KEY_HASH = Column("key_hash")
    FLAGS = Column("flags")
    OWNER = Column("owner")  # where it is sealed: the whole digest of its key
    FILE = Column("file")
    IS_BLANK_ROW = Column("is_blank_row")
    FIRST_FILLED = Column("first_filled")
    ROW_ID = Column("rowid")
    FILE_NAME = Column("file_name")
    ROW_NUMBER = Column("row_number")
    # Of rows that `check` looks at.
    ROW_HASH = Column("row_hash")
    HAPPENED = Column("happened")
    VERSION = Column("version")
    # Of cases.
    PLACE = Column("place")
    EXISTS = Column("exists")
    IS_DUPLICATE = Column("is_duplicate")
    PERSON = Column("person")  # a hash of it
    KNOWN = Column("known")
    REFERENCE_DAY = Column("reference_day")
    DAY_NUMBER = Column("day_number")
    # Of questions to related rows.
    LOOKUP_KEY = Column("lookup_key")
    # A cell as the file has it, by its place in the header.
    cell = _Named("x")
    # The texts of a day and of the time of day that another column has, and both as one.
    day_text = _Named("xd_")
    time_text = _Named("xt_")
    day_and_time = _Named("xb_")
    # Of a column of a table: the typed value; whether the cell holds something that fits no format of its type; whether
    # a datetime that may lie at midnight has a time of day; whether it is surely the first, in summer time, of the two
    # moments that have its time on the clock; whether the cell holds a number as Excel counts days.
    value = _Named("v_")
    unreadable = _Named("u_")
    has_time = _Named("m_")
    summer = _Named("g_")
    serial = _Named("s_")
    # The text as it is written; where its spelling is no usual one of a code; and the code that it stands for.
    raw = _Named("raw_")
    recorded = _Named("w_")
    listed = _Named("l_")
    # While a cell is typed: its text; without surrounding space, or as keys are compared; what the parser makes of it,
    # implausible dates included; the code of a usual spelling.
    written = _Named("r_")
    trimmed = _Named("t_")
    parsed = _Named("p_")
    usual = _Named("k_")
    # The value as it is compared in keys and joins; the day at which a spell begins or ends.
    compared = _Named("k_")
    # A part of a date in a key, by its name, as it is recorded: the date itself may not be known yet.
    in_key = _Named("key.")
    day = _Named("day_")
    # Why a cell cannot be read, as a number; which conditions hold for a row, as bits, by the number of the first.
    reason = _Named("why_")
    conditions = _Named("f_")
    # `until` or `after` of a question, whether it has a time of day and is summer time; a part of the key of the row
    # that asks.
    bound = _Named("b_")
    bound_has_time = _Named("bm_")
    bound_summer = _Named("bg_")
    own = _Named("self.")
    # The month in which a date places a case, or in which a case of the indicator of a number is due; the code of a
    # case that is not judged, for a way of placing.
    month = _Named("month.")
    month_due = _Named("month of due ")
    unjudged_code = _Named("unjudged.")
    # By an indicator's number: start and stop of its clock, where they are expressions; the time between them; the day
    # on which a case is due; the table of due days in working days; the outcome; numerator and denominator of its
    # value, and of what a ratio's value is divided by.
    elapsed = _Named("e_")
    starts = _Named("cs_")
    stops = _Named("ce_")
    due = _Named("d_")
    working_days = _Named("w_")
    outcome = _Named("o_")
    numerator = _Named("n_")
    denominator = _Named("q_")
    per_numerator = _Named("pn_")
    per_denominator = _Named("pq_")
    # The category of a breakdown, by its number.
    category = _Named("c_")

    @staticmethod
    def clock_part(part: str, number: int) -> tuple[Column, Column]:
        """What the clock of the indicator of a number sees, such as its due, and whether that has a time of day."""
        return Column(f"{part}.{number}"), Column(f"{part}.{number}.timed")

    @staticmethod
    def related(indicator: str, name: str, part: str) -> Column:
        """A value of the related row that belongs to a case."""
        return Column(f"{indicator}.{name}.{part}")
