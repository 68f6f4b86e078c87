"""A few recording mistakes, in months and rows where they change no planned value."""

from datetime import date

from sgkpi.model.periods import Month
from sgkpi.synth.story.days import DAY
from sgkpi.synth.story.stage import Cells, Stage, as_date

BEFORE = date(2018, 4, 1)
QUIET = Month(2018, 7)  # neither the first month nor the last
# The table, its column of dates, and the text that somebody typed into another column.
MISSPELT = (
    ("sdq", "completed_on", "score", "SDQ2"),
    ("audits", "audited_on", "grade", "Good-ish"),
    ("supervisions", "held_on", "actions", "tbc"),
    ("peps", "held_on", "quality", "n.a. yet"),
)


def make_mistakes(stage: Stage) -> None:
    """Add recording mistakes to some rows."""
    _review_before_the_period(stage)
    for table in ("cp_visits", "cla_visits"):  # written up before the visit
        for row in [row for row in in_quiet_month(stage, table, "visited_on") if row["recorded_on"]][3:5]:
            row["recorded_on"] = as_date(row["visited_on"]) - DAY
    for table, dates, column, text in MISSPELT:
        for row in in_quiet_month(stage, table, dates)[-1:]:
            row[column] = text
    for row in _ended(stage, "placements")[:1]:
        row["kind"] = "Foster care (U9)"


def _review_before_the_period(stage: Stage) -> None:
    for period in _ended(stage, "looked_after")[-1:]:
        stage.add(
            "cla_reviews",
            review_id=stage.new_id("LR"),
            period_id=period["period_id"],
            person_id=period["person_id"],
            held_on=as_date(period["started_on"]) - 6 * DAY,
            participation="no_views",
            health_considered=True,
            team=period["team"],
        )


def _ended(stage: Stage, table: str) -> list[Cells]:
    return [row for row in stage.rows[table] if row["ended_on"] and as_date(row["ended_on"]) < BEFORE]


def in_quiet_month(stage: Stage, table: str, dates: str) -> list[Cells]:
    """Return the rows of a table whose date lies in the quiet month."""
    return [row for row in stage.rows[table] if Month.of(as_date(row[dates])) == QUIET]
