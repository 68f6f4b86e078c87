"""A few mistakes of the kinds that real records have, in months and rows where they change no value of the story."""

from datetime import date, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.story.stage import Cells, Stage, as_date

BEFORE = date(2018, 4, 1)
QUIET = Month(2018, 7)  # a month between the first and the last


def make_mistakes(stage: Stage) -> None:
    """Change some rows, and add some, as people do who type in a hurry."""
    _review_before_the_period(stage)
    _written_up_before_the_visit(stage, "cp_visits")
    _written_up_before_the_visit(stage, "cla_visits")
    for table, column, text in (
        ("sdq", "score", "SDQ2"),
        ("audits", "grade", "Good-ish"),
        ("supervisions", "actions", "tbc"),
        ("peps", "quality", "n.a. yet"),
    ):
        _misspell(stage, table, column, text)
    ended = next(
        (row for row in stage.rows["placements"] if row["ended_on"] and as_date(row["ended_on"]) < BEFORE), None
    )
    if ended:
        ended["kind"] = "Foster care (U9)"


def _review_before_the_period(stage: Stage) -> None:
    ended = [row for row in stage.rows["looked_after"] if row["ended_on"] and as_date(row["ended_on"]) < BEFORE]
    if ended:
        period = ended[-1]
        stage.add(
            "cla_reviews",
            review_id=stage.new_id("LR"),
            period_id=period["period_id"],
            person_id=period["person_id"],
            held_on=as_date(period["started_on"]) - timedelta(days=6),
            participation="no_views",
            health_considered=True,
            team=period["team"],
        )


def _in_quiet_month(stage: Stage, table: str) -> list[Cells]:
    dates = {
        "cp_visits": "visited_on",
        "cla_visits": "visited_on",
        "sdq": "completed_on",
        "audits": "audited_on",
        "supervisions": "held_on",
        "peps": "held_on",
    }
    return [row for row in stage.rows[table] if Month.of(as_date(row[dates[table]])) == QUIET]


def _written_up_before_the_visit(stage: Stage, table: str) -> None:
    for row in [row for row in _in_quiet_month(stage, table) if row["recorded_on"]][3:5]:
        row["recorded_on"] = as_date(row["visited_on"]) - timedelta(days=1)


def _misspell(stage: Stage, table: str, column: str, text: str) -> None:
    for row in _in_quiet_month(stage, table)[-1:]:
        row[column] = text
