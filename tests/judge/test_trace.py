"""The trace of a judgement: which questions are asked, in which order, and which answer decides."""

from pathlib import Path

import pytest

from sgkpi.judge.judge import judge
from sgkpi.judge.trace import Question
from tests.judge.support import day, make_world

DECIDED = """
    table: contacts
    period: received
    measure: proportion
    population: "team <> 'closed'"
    exclude: {advice: "team = 'advice'", urgent: "urgent"}
    not_due: "days < 0"
    clock: {start: received, stop: decided, within: 24 hours}
    because: {no_decision: "decided is null", late: "true"}
    """
HEADER = "id,person,received,decided,team,days,urgent"
OF_ROWS = ["readable", "one_row", "one_related", "population_known"]
OF_CLOCK = ["start", "due", "stop", "in_time"]


@pytest.mark.parametrize(
    ("row", "questions", "decisive"),
    [
        ("1,p,2019-02-04 09:00,2019-02-04 10:00,closed,,", ["population"], "population"),
        ("1,p,,2019-02-04 10:00,north,,", ["population", "placed"], "placed"),
        ("1,p,2019-02-04 09:00,soon,north,,", ["population", "placed", "readable"], "readable"),
        ("1,p,2019-02-04 09:00,,,,", ["population", "placed", *OF_ROWS], "population_known"),
        ("1,p,2019-02-04 09:00,,advice,,", ["population", "placed", *OF_ROWS, "exclude"], "exclude"),
        ("1,p,2019-02-04 09:00,,north,,yes", ["population", "placed", *OF_ROWS, "exclude", "exclude"], "exclude"),
        (
            "1,p,2019-02-04 09:00,,north,-1,no",
            ["population", "placed", *OF_ROWS, "exclude", "exclude", "not_due"],
            "not_due",
        ),
        (
            "1,p,2019-02-04 09:00,2019-02-04 10:00,north,1,no",
            ["population", "placed", *OF_ROWS, "exclude", "exclude", "not_due", *OF_CLOCK],
            "in_time",
        ),
        (
            "1,p,2019-02-04 09:00,2019-02-06 10:00,north,1,no",
            ["population", "placed", *OF_ROWS, "exclude", "exclude", "not_due", *OF_CLOCK, "because", "because"],
            "in_time",
        ),
    ],
)
def test_questions_are_asked_up_to_the_one_that_decides(
    tmp_path: Path, row: str, questions: list[str], decisive: str
) -> None:
    world = make_world(tmp_path, DECIDED, contacts=f"{HEADER}\n{row}")
    (case,) = world.cases_at(None)
    judgement = judge(case)
    assert [answer.question.value for answer in judgement.trace] == questions
    assert judgement.decided_by.question.value == decisive


def test_a_stock_is_asked_whether_it_is_open(tmp_path: Path) -> None:
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: count
        """
    world = make_world(
        tmp_path, definition, leavers="person,begun,ended,team\np,2018-01-01,,\nq,2018-01-01,2019-02-28,"
    )
    opened, ended = (judge(case) for case in world.cases_at(day("2019-02-28")))
    assert [answer.question for answer in ended.trace] == [Question.PLACED, Question.OPEN]
    assert [answer.answer for answer in ended.trace] == [True, False]
    assert opened.decided_by.question is Question.COUNTED


def test_answers_carry_their_expression_and_name(tmp_path: Path) -> None:
    world = make_world(tmp_path, DECIDED, contacts=f"{HEADER}\n1,p,2019-02-04 09:00,,advice,,")
    (case,) = world.cases_at(None)
    decisive = judge(case).decided_by
    assert (decisive.name, decisive.answer) == ("advice", True)
    assert decisive.expression == world.indicator.exclude[0].expression
