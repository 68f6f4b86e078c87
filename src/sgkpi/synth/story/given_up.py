"""Requests that were given up before anybody had acted on them; they are left out of every planned value."""

from collections.abc import Sequence
from datetime import timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.story.days import DAY
from sgkpi.synth.story.mistakes import QUIET
from sgkpi.synth.story.stage import Cells, Stage, as_date

REQUESTS = 3  # in each table
LATE = Month(2019, 1)  # the last months have planned values
EARLIER = timedelta(days=4)  # than the request that was made again, and met


def give_up(stage: Stage) -> None:
    """Add to some requests of a quiet month one made shortly before, which was given up after two days."""
    in_need = _asked(stage, "early_help")
    _add(stage, "early_help", "EH", in_need, "requested_on", "withdrawn_on", ("service", "source"))
    advocacy = _asked(stage, "support_requests", kind="advocacy")
    _add(stage, "support_requests", "SR", advocacy, "requested_on", "declined_on", ("kind",))
    searches = _asked(stage, "placement_requests")
    _add(stage, "placement_requests", "PQ", searches, "requested_on", "withdrawn_on", ("needed_by", "complex_needs"))
    families = [row for row in stage.rows["adopters"] if row.get("stage_1_from")]
    _add(stage, "adopters", "AF", families, "stage_1_from", "left_on", ("enquired_on",))


def _asked(stage: Stage, table: str, **cells: str) -> list[Cells]:
    """Return the requests of the quiet month that have these cells; of a small extract that has none, later ones."""
    like = [row for row in stage.rows[table] if all(row[name] == cell for name, cell in cells.items())]
    months = [(row, Month.of(as_date(row["requested_on"]))) for row in like]
    return [row for row, month in months if month == QUIET] or [row for row, month in months if QUIET < month < LATE]


def _add(
    stage: Stage, table: str, letters: str, like: Sequence[Cells], asked: str, given_up: str, also: Sequence[str]
) -> None:
    """Add requests like others of a table, of the same person and team if it has them, with the cells of `also`."""
    for row in like[-REQUESTS:]:
        day = as_date(row[asked]) - EARLIER
        kept = {column: row[column] for column in ("person_id", "team", *also) if column in row}
        (key, *_) = row
        stage.add(
            table, **{**dict.fromkeys(row), **kept, key: stage.new_id(letters), asked: day, given_up: day + 2 * DAY}
        )
