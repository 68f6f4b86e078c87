"""The worked examples of restatement, each worked out by hand: opening, movements with their parts, closing.

A movement reads `cause cases, change of numerator, change of denominator, part of the value's change`; its part is the
mean of the change by the old rate and the change by the new one. A subtotal, the figure on the way, starts with `=`.
"""

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest

from sgkpi.engines.protocol import ENGINES
from sgkpi.ledger.sealed import CASES
from sgkpi.model.outcomes import Outcome
from sgkpi.snapshots.parts import Attribution
from sgkpi.snapshots.restatement import Compared
from sgkpi.snapshots.sealed import SealedFiles
from tests.snapshots.worked import APRIL, CONTACTS, IN_A_DAY, MARCH, Job, contacts, failed, ledger_of, said

A_WORKING_DAY = IN_A_DAY.replace("24 hours", "1 working day")
LEAVERS = """
    key: person
    person: person
    columns:
      person: {type: text}
      from: {type: date}
      to: {type: date}
    """
REVIEWS = """
    key: id
    person: person
    happened: reviewed
    columns:
      id: {type: text}
      person: {type: text}
      reviewed: {type: date}
    """
STAYS = """
    key: id
    person: person
    happened: begun
    columns:
      id: {type: text}
      person: {type: text}
      begun: {type: date}
      ended: {type: date}
      kind: {type: text}
    """
REVIEWED = """
    title: Plans reviewed in the last six months
    table: leavers
    point_in_time: {from: from, to: to}
    related:
      review: {table: reviews, keep: latest, date: reviewed}
    measure: proportion
    clock: {start: review.reviewed, within: 6 months}
    """
IN_BNB = """
    title: Care leavers in bed and breakfast
    table: leavers
    point_in_time: {from: from, to: to}
    related:
      home: {table: stays, keep: active, from: begun, to: ended}
    population: "home.person is not null and home.kind = 'bnb'"
    measure: count
    """


@pytest.fixture(params=ENGINES)
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Job:
    return Job(tmp_path / "job", request.param)


def test_1_records_that_arrive_late(job: Job) -> None:
    """C1 to C3 in time, C4 late; then C5 in time and C6 late appear."""
    job.take(MARCH, contacts=contacts("C1 4 5; C2 4 5; C3 4 5 South; C4 4 6 South"))
    taken = job.take(
        APRIL, contacts=contacts("C1 4 5; C2 4 5; C3 4 5 South; C4 4 6 South; C5 27 28; C6 28 03-02 South")
    )
    assert said(ledger_of(taken)) == ["3/4", "arrived_late 2, +1, +2, -1/12", "4/6"]
    assert said(ledger_of(taken, category="North")) == ["2/2", "arrived_late 1, +1, +1, 0", "3/3"]
    assert said(ledger_of(taken, category="South")) == ["1/2", "arrived_late 1, 0, +1, -1/6", "1/3"]
    assert failed(taken) == set()


def test_2_the_same_value_of_other_cases(job: Job) -> None:
    """C2 was in time and is late, C3 is gone, C4 has its decision now, C6 appears."""
    job.take(MARCH, contacts=contacts("C1 4 5; C2 4 5; C3 4 6; C4 4 -; C5 4 5"))
    taken = job.take(APRIL, contacts=contacts("C1 4 5; C2 4 6; C4 4 4T10:00; C5 4 5; C6 28 03-02"))
    assert said(ledger_of(taken)) == [
        "3/5",
        "arrived_late 1, 0, +1, -3/25",
        "deleted 1, 0, -1, +3/25",
        "entered_late 1, +1, 0, +1/5",
        "corrected 1, -1, 0, -1/5",
        "3/5",
    ]
    movements = {line.cause: dict(line.columns) for line in ledger_of(taken).movements if line.columns}
    assert movements == {"entered_late": {"decided": 1}, "corrected": {"decided": 1}}
    assert ledger_of(taken).comparison is Compared.RESTATED


def test_3_what_time_brings(job: Job) -> None:
    """C1 was not due, C2 overdue; C4 had not come."""
    job.take("2019-02-20T12:00", contacts=contacts("C1 19T18:00 -; C2 18 -; C3 4 5"))
    taken = job.take(MARCH, contacts=contacts("C1 19T18:00 20T15:00; C2 18 21; C3 4 5; C4 25 26"))
    assert said(ledger_of(taken)) == [
        "1/2",
        "new 1, +1, +1, +1/8",
        "matured 1, +1, +1, +1/8",
        "continued 1, 0, 0, 0",
        "3/4",
    ]
    (continued,) = [line for line in ledger_of(taken).movements if line.cause == "continued"]
    assert continued.amounts.outcomes is not None
    assert +Counter(continued.amounts.outcomes) == {"not_met": 1}
    assert continued.amounts.outcomes[Outcome.OVERDUE] == -1


def test_4_a_case_that_moves_to_another_month(job: Job) -> None:
    job.take(APRIL, month="2019-03", contacts=contacts("C1 28T23:50 03-01; C2 4 5; C3 4 6; C4 03-05 03-07"))
    later = contacts("C1 03-01T00:10 03-01; C2 4 5; C3 4 6; C4 03-05 03-07")
    taken = job.take("2019-05-03T07:00", month="2019-03", contacts=later)
    assert said(ledger_of(taken)) == ["2/3", "moved_out 1, -1, -1, -1/6", "1/2"]
    assert said(ledger_of(taken, "2019-03")) == ["0/1", "moved_in 1, +1, +1, +1/2", "1/2"]


def test_5_another_definition(job: Job) -> None:
    """C2 and C3 take 30 hours, to the end of the next working day; C4 and C5 longer."""
    first = "C1 4 5; C2 4 5T15:00; C3 4 5T15:00; C4 4 6"
    job.take(MARCH, contacts=contacts(first))
    taken = job.take(APRIL, indicator=A_WORKING_DAY, contacts=contacts(f"{first}; C5 4 7"))
    assert said(ledger_of(taken)) == [
        "1/4",
        "arrived_late 1, 0, +1, -1/20",
        "= 1/5",
        "definition 2, +2, 0, +2/5",
        "3/5",
    ]
    assert failed(taken) == {"redefined"}


def test_6_a_case_of_another_category(job: Job) -> None:
    job.take(MARCH, contacts=contacts("C1 4 5 North; C2 4 6 North; C3 4 5 South"))
    taken = job.take(APRIL, contacts=contacts("C1 4 5 North; C2 4 6 South; C3 4 5 South"))
    assert said(ledger_of(taken)) == ["2/3", "recategorised 1, 0, 0, 0", "2/3"]
    assert said(ledger_of(taken, category="North")) == ["1/2", "recategorised 1, 0, -1, +1/2", "1/1"]
    assert said(ledger_of(taken, category="South")) == ["1/1", "recategorised 1, 0, +1, -1/2", "1/2"]


def test_7_another_closure_day(job: Job) -> None:
    """From Thursday 7 February to Monday the 11th is one working day, if Friday is none."""
    rows = contacts("C1 7 11; C2 4 5; C3 4 7")
    job.take(MARCH, indicator=A_WORKING_DAY, contacts=rows)
    taken = job.take(APRIL, indicator=A_WORKING_DAY, closures="2019-02-08", contacts=rows)
    assert said(ledger_of(taken)) == ["1/3", "calendar 1, +1, 0, +1/3", "2/3"]


@pytest.mark.parametrize(
    "parts",
    [
        """met: "date(decided) <= date(received) + interval 1 working day\"""",
        """clock: {start: received, stop: decided, due: "date(received) + interval 1 working day"}""",
        """clock: {start: "date(received)", stop: "date(decided)", within: 1 working day}""",
    ],
    ids=["an interval in met", "an interval in due", "a clock between expressions"],
)
def test_7b_another_closure_day_in_expressions(job: Job, parts: str) -> None:
    """As above, wherever the working day is counted."""
    indicator = f"title: Decided in a day\ntable: contacts\nperiod: received\nmeasure: proportion\n{parts}"
    rows = contacts("C1 7 11; C2 4 5; C3 4 7")
    job.take(MARCH, indicator=indicator, contacts=rows)
    taken = job.take(APRIL, indicator=indicator, closures="2019-02-08", contacts=rows)
    assert said(ledger_of(taken)) == ["1/3", "calendar 1, +1, 0, +1/3", "2/3"]


def test_7c_another_closure_day_lets_a_case_end_before_it_was_due(job: Job) -> None:
    """C1 ends on Monday the 11th, after one working day if Friday is none, and is left out then; C2 is met."""
    indicator = f'{dedent(A_WORKING_DAY)}exclude: {{ended_first: "days = 1 and date(decided) <= due"}}\n'
    rows = "id,received,decided,days\nC1,2019-02-07,2019-02-11,1\nC2,2019-02-04,2019-02-05,2\n"
    job.take(MARCH, indicator=indicator, contacts=rows)
    taken = job.take(APRIL, indicator=indicator, closures="2019-02-08", contacts=rows)
    assert said(ledger_of(taken)) == ["1/2", "calendar 1, 0, -1, +1/2", "1/1"]


def _days(**days: str) -> str:
    return "\n".join(["id,received,days", *(f"{name},2019-02-04,{number}" for name, number in days.items())])


def test_8_a_mean(job: Job) -> None:
    indicator = "{title: Days, table: contacts, period: received, measure: mean, value: days}"
    job.take(MARCH, indicator=indicator, contacts=_days(C1="2", C2="5", C3=""))
    taken = job.take(APRIL, indicator=indicator, contacts=_days(C1="3", C2="5", C3="10", C4="1"))
    assert said(ledger_of(taken)) == [
        "7/2",
        "arrived_late 1, +1, +1, -5/4",
        "entered_late 1, +10, +1, +17/8",
        "corrected 1, +1, 0, +3/8",
        "19/4",
    ]


RATIO = "{title: Days for each hour, table: contacts, period: received, measure: ratio, value: days, per: hours}"


def _ratio(job: Job) -> Job:
    """A job over contacts that have hours as well."""
    declared = dedent(CONTACTS) + "  hours: {type: number}\n"
    return Job(job.folder, job.engine, RATIO, {"contacts": declared})


def _hours(**numbers: tuple[str, str]) -> str:
    lines = [f"{name},2019-02-04,{days},{hours}" for name, (days, hours) in numbers.items()]
    return "\n".join(["id,received,days,hours", *lines])


def test_8b_a_ratio(job: Job) -> None:
    """Of C4: (4 - 7/10 * 8) / 20 = -2/25 and (4 - 13/20 * 8) / 10 = -3/25, which make -1/10; the others likewise."""
    job = _ratio(job)
    job.take(MARCH, contacts=_hours(C1=("2", "4"), C2=("5", "6"), C3=("1", "")))
    taken = job.take(APRIL, contacts=_hours(C1=("3", "4"), C2=("5", "6"), C3=("1", "2"), C4=("4", "8")))
    assert said(ledger_of(taken)) == [
        "7/10",
        "arrived_late 1, +4, +8, -1/10",
        "entered_late 1, +1, +2, -1/40",
        "corrected 1, +1, 0, +3/40",
        "13/20",
    ]
    assert ledger_of(taken).attribution is Attribution.SHARES


def test_8c_a_ratio_without_a_value_before(job: Job) -> None:
    """Nothing is divided by 0 hours: parts of a change have no size then, and the sums are followed all the same."""
    job = _ratio(job)
    job.take(MARCH, contacts=_hours(C1=("2", "0")))
    taken = job.take(APRIL, contacts=_hours(C1=("2", "5")))
    assert said(ledger_of(taken)) == ["2/0", "corrected 1, 0, +5, none", "2/5"]
    assert ledger_of(taken).comparison is Compared.NO_VALUE_BEFORE


def test_9_a_median(job: Job) -> None:
    """2, 5, 9 with 1 and 0 have the median 2; without 9, 3/2; 6 in the place of 5 changes nothing."""
    indicator = "{title: Days, table: contacts, period: received, measure: median, value: days}"
    job.take(MARCH, indicator=indicator, contacts=_days(C1="2", C2="5", C3="9"))
    taken = job.take(APRIL, indicator=indicator, contacts=_days(C1="2", C2="6", C4="1", C5="0"))
    assert said(ledger_of(taken)) == [
        "5",
        "arrived_late 2, none, +2, -3",
        "deleted 1, none, -1, -1/2",
        "corrected 1, none, 0, 0",
        "3/2",
    ]
    assert ledger_of(taken).attribution is Attribution.IN_ORDER


def test_10_a_count_of_a_stock(job: Job) -> None:
    """P1 left on the 20th, P4's stay of the 25th was not known."""
    job = Job(job.folder, job.engine, IN_BNB, {"leavers": LEAVERS, "stays": STAYS})
    leavers = "person,from,to\nP1,2018-01-01,\nP2,2018-01-01,\nP3,2018-01-01,\nP4,2018-01-01,\n"
    stays = "id,person,begun,ended,kind\nS2,P2,2019-01-02,,bnb\nS3,P3,2019-01-02,,own\n"
    job.take(MARCH, leavers=leavers, stays=f"{stays}S1,P1,2019-01-01,,bnb\n")
    taken = job.take(APRIL, leavers=leavers, stays=f"{stays}S1,P1,2019-01-01,2019-02-20,bnb\nS4,P4,2019-02-25,,bnb\n")
    assert said(ledger_of(taken)) == ["2", "moved_in 1, +1, none, +1", "moved_out 1, -1, none, -1", "2"]


def _many(first: int, last: int, met: int) -> str:
    return contacts("; ".join(f"C{number} 4 {5 if number < first + met else 6}" for number in range(first, last)))


def test_11_every_key_is_another(job: Job) -> None:
    job.take(MARCH, contacts=_many(100, 124, met=18))
    taken = job.take(APRIL, contacts=_many(200, 224, met=18))
    assert said(ledger_of(taken)) == ["18/24", "unmatched 48, 0, 0, 0", "18/24"]
    assert {"keys_changed", "unmatched"} <= failed(taken)


def test_12_times_that_are_entered_later(job: Job) -> None:
    job.take(MARCH, contacts="id,received,decided\nC1,2019-02-04,2019-02-05\nC2,2019-02-04,2019-02-06\n")
    taken = job.take(APRIL, contacts=contacts("C1 4 5; C2 4 6"))
    assert said(ledger_of(taken)) == ["0/0", "corrected 2, +1, +2, none", "1/2"]
    (movement,) = ledger_of(taken).movements
    outcomes = movement.amounts.outcomes or {}
    assert {name: cases for name, cases in outcomes.items() if cases} == {"met": 1, "not_met": 1, "unknown": -2}
    assert ledger_of(taken).comparison is Compared.NO_VALUE_BEFORE


def test_13b_a_state_without_a_value_on_the_way(job: Job) -> None:
    """C1 and C2 are gone; C3 and C4, which had come by then, were not due: records and time are one span."""
    job.take("2019-02-28T18:30", contacts=contacts("C1 4 5; C2 4 6"))
    taken = job.take(MARCH, contacts=contacts("C3 28T18:00 03-01T10:00; C4 28T18:10 -"))
    assert said(ledger_of(taken)) == [
        "1/2",
        "arrived_late 2, 0, 0, 0",
        "deleted 2, -1, -2, 0",
        "= 0/0",
        "matured 2, +1, +2, 0",
        "1/2",
    ]


def test_14_rows_with_a_blank_key(job: Job) -> None:
    """Two have no key, one in time, one late; then the late one is gone."""
    head, row = "id,received,decided", "2019-02-04 09:00"
    met, late = f",{row},2019-02-05 09:00", f",{row},2019-02-06 09:00"
    job.take(MARCH, contacts=f"{head}\nC1{met}\n{met}\n{late}\n")
    taken = job.take(APRIL, contacts=f"{head}\nC1{met}\n{met}\n")
    assert said(ledger_of(taken)) == ["2/3", "unmatched 3, 0, -1, +1/3", "2/2"]
    assert failed(taken) == {"unmatched"}


@pytest.mark.parametrize("has_key", [False, True])
def test_14b_a_key_that_comes_or_goes(job: Job, has_key: bool) -> None:
    """No case of an extract without keys is one of an extract with keys: none was deleted, none arrived late."""
    whole = contacts("C1 4 5; C2 4 6")
    keyless = "\n".join(line.split(",", 1)[1] for line in whole.splitlines()) + "\n"
    before, after = (keyless, whole) if has_key else (whole, keyless)
    job.take(MARCH, contacts=before)
    taken = job.take(APRIL, contacts=after)
    assert said(ledger_of(taken)) == ["1/2", "unmatched 4, 0, 0, 0", "1/2"]
    why = "contacts has a key now, and had none" if has_key else "contacts has no key now"
    assert taken.restatement.not_followed == {"figure": why}
    assert failed(taken) == {"unmatched"}


def test_15_the_program_judges_otherwise(job: Job) -> None:
    """A sealed case that is late says that it was overdue, as if another program had judged and sealed it."""
    rows = contacts("C1 4 5; C2 4 6")
    before = job.take(MARCH, contacts=rows).snapshot
    (sealed,) = job.folder.parent.glob(f"snapshots.private/*/{CASES}")
    duckdb.execute(f"""
        create or replace temp table cases as
        select * replace (case outcome when 'not_met' then 'overdue' else outcome end as outcome)
        from read_parquet('{sealed}');
        copy cases to '{sealed}' (format parquet)
        """)
    assert before is not None
    assert before.manifest.cases is not None
    was, content = before.manifest.cases.content, SealedFiles(sealed.parent).content
    manifest = before.folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(was, content), "utf-8")
    sealed.parent.rename(sealed.parent.with_name(f"{before.name}-{content[:8]}"))
    taken = job.take(APRIL, contacts=rows)
    assert said(ledger_of(taken)) == ["1/2", "program 1, 0, 0, 0", "1/2"]
    assert failed(taken) == {"program"}


def test_16_reviews_of_a_stock(job: Job) -> None:
    """P2's review arrives; P3's was not in December but in July, more than six months ago; P4 left on 15 February."""
    job = Job(job.folder, job.engine, REVIEWED, {"leavers": LEAVERS, "reviews": REVIEWS})
    leavers, reviews = "person,from,to\nP1,2018-01-01,\nP2,2018-01-01,\nP3,2018-01-01,\n", "id,person,reviewed\n"
    job.take(
        MARCH,
        leavers=f"{leavers}P4,2018-01-01,\n",
        reviews=f"{reviews}R1,P1,2019-01-10\nR3,P3,2018-12-01\nR4,P4,2018-03-01\n",
    )
    taken = job.take(
        APRIL,
        leavers=f"{leavers}P4,2018-01-01,2019-02-15\n",
        reviews=f"{reviews}R1,P1,2019-01-10\nR2,P2,2019-02-20\nR3,P3,2018-07-01\nR4,P4,2018-03-01\n",
    )
    assert said(ledger_of(taken)) == [
        "2/4",
        "entered_late 1, +1, 0, +7/24",
        "corrected 1, -1, 0, -7/24",
        "moved_out 1, 0, -1, +1/6",
        "2/3",
    ]
    columns = {line.cause: dict(line.columns) for line in ledger_of(taken).movements if line.columns}
    assert columns == {"entered_late": {"review.reviewed": 1}, "corrected": {"review.reviewed": 1}}


def test_17_duplicates_that_are_resolved(job: Job) -> None:
    job.take(MARCH, contacts=contacts("C1 4 5 North; C1 4 5 South; C2 4 6"))
    taken = job.take(APRIL, contacts=contacts("C1 4 5 North; C2 4 6"))
    assert said(ledger_of(taken)) == ["0/1", "corrected 1, +1, +1, +1/2", "1/2"]


def test_18_a_row_that_is_recorded_late_is_not_new(job: Job) -> None:
    """C2, of 27 February, was entered on 6 March: it had happened by 4 March, and was not known."""
    table = f"{dedent(CONTACTS)}  entered: {{type: datetime}}\nrecorded: entered\n"
    job = Job(job.folder, job.engine, tables={"contacts": table})
    row = "id,received,decided,team,entered\nC1,2019-02-04 09:00,2019-02-05 09:00,North,2019-02-04 10:00\n"
    job.take(MARCH, contacts=row)
    late = "C2,2019-02-27 09:00,2019-03-01 09:00,North,2019-03-06 10:00\n"
    taken = job.take(APRIL, contacts=row + late)
    assert said(ledger_of(taken)) == ["1/1", "arrived_late 1, 0, +1, -1/2", "1/2"]


def test_19_in_and_out_of_the_population(job: Job) -> None:
    indicator = f"{dedent(IN_A_DAY)}population: \"team = 'North'\"\n"
    job.take(MARCH, indicator=indicator, contacts=contacts("C1 4 5 North; C2 4 6 North; C3 4 5 South"))
    taken = job.take(APRIL, indicator=indicator, contacts=contacts("C1 4 5 North; C2 4 6 South; C3 4 5 North"))
    assert said(ledger_of(taken)) == ["1/2", "moved_in 1, +1, +1, +1/8", "moved_out 1, 0, -1, +3/8", "2/2"]


def test_20_a_date_that_places_a_case_is_entered(job: Job) -> None:
    indicator = IN_A_DAY.replace("period: received", "period: decided")
    job.take(MARCH, indicator=indicator, contacts=contacts("C1 4 5; C2 4 -"))
    taken = job.take(APRIL, indicator=indicator, contacts=contacts("C1 4 5; C2 4 6"))
    assert said(ledger_of(taken)) == ["1/1", "entered_late 1, 0, +1, -1/2", "1/2"]


def test_21_many_are_gone_and_none_came(job: Job) -> None:
    job.take(MARCH, contacts=_many(100, 140, met=40))
    taken = job.take(APRIL, contacts=_many(100, 113, met=13))
    assert said(ledger_of(taken)) == ["40/40", "deleted 27, -27, -27, 0", "13/13"]
    assert failed(taken) == {"mass_deletion"}


def test_22_time_then_definition(job: Job) -> None:
    """C2 was overdue. C3 was not due; it took 26 hours, to the end of the next working day."""
    job.take("2019-02-28T12:00", contacts=contacts("C1 4 5; C2 25 -; C3 27T15:00 -"))
    later = contacts("C1 4 5; C2 25 03-01; C3 27T15:00 28T17:00")
    taken = job.take(MARCH, indicator=A_WORKING_DAY, contacts=later)
    assert said(ledger_of(taken)) == [
        "1/2",
        "matured 1, 0, +1, -1/6",
        "continued 1, 0, 0, 0",
        "= 1/3",
        "definition 1, +1, 0, +1/3",
        "2/3",
    ]


def test_23_the_latest_review_is_deleted(job: Job) -> None:
    """The review of May, which is left, was known: nothing was entered late."""
    job = Job(job.folder, job.engine, REVIEWED, {"leavers": LEAVERS, "reviews": REVIEWS})
    leavers = "person,from,to\nP1,2018-01-01,\nP2,2018-01-01,\nP3,2018-01-01,\n"
    reviews = "id,person,reviewed\nR1,P1,2019-01-10\nR2,P2,2018-05-01\nR3,P3,2018-11-01\n"
    job.take(MARCH, leavers=leavers, reviews=f"{reviews}R4,P2,2018-12-01\n")
    taken = job.take(APRIL, leavers=leavers, reviews=reviews)
    assert said(ledger_of(taken)) == ["3/3", "corrected 1, -1, 0, -1/3", "2/3"]


def test_a_later_review_that_arrives_is_entered_late(job: Job) -> None:
    """P2's review of May was more than six months ago: overdue. One of February, not known in March, takes its place.

    Both have a date, so that only the register tells a review that arrived from one that was corrected, as P3's was.
    """
    job = Job(job.folder, job.engine, REVIEWED, {"leavers": LEAVERS, "reviews": REVIEWS})
    leavers = "person,from,to\nP1,2018-01-01,\nP2,2018-01-01,\nP3,2018-01-01,\n"
    reviews = "id,person,reviewed\nR1,P1,2019-01-10\nR2,P2,2018-05-01\n"
    job.take(MARCH, leavers=leavers, reviews=f"{reviews}R3,P3,2018-06-01\n")
    taken = job.take(APRIL, leavers=leavers, reviews=f"{reviews}R3,P3,2019-02-10\nR4,P2,2019-02-20\n")
    assert said(ledger_of(taken)) == ["1/3", "entered_late 1, +1, 0, +1/3", "corrected 1, +1, 0, +1/3", "3/3"]
    assert failed(taken) == set()


def test_categories_of_an_indicator_that_had_no_case(job: Job) -> None:
    """The first snapshot has no case, and so no row by team: the category has a ledger from nothing all the same."""
    job.take(MARCH, contacts=contacts("C1 03-03 -"))
    taken = job.take(APRIL, contacts=contacts("C1 03-03 -; C2 4 5 South"))
    for category in (None, "South"):
        assert said(ledger_of(taken, category=category)) == ["0/0", "arrived_late 1, +1, +1, none", "1/1"]
    assert ledger_of(taken, category="South").comparison is Compared.FIRST


def test_two_links_add_up(tmp_path: Path) -> None:
    """From 3/4 to 4/6 as in the first example, then C4 is corrected: 5/6."""
    job, rows = Job(tmp_path / "job"), "C1 4 5; C2 4 5; C3 4 5 South; "
    job.take(MARCH, contacts=contacts(f"{rows} C4 4 6 South"))
    second = job.take(APRIL, contacts=contacts(f"{rows} C4 4 6 South; C5 27 28; C6 28 03-02 South"))
    third = job.take("2019-05-03", contacts=contacts(f"{rows} C4 4 5 South; C5 27 28; C6 28 03-02 South"))
    assert said(ledger_of(second)) == ["3/4", "arrived_late 2, +1, +2, -1/12", "4/6"]
    assert said(ledger_of(third)) == ["4/6", "corrected 1, +1, 0, +1/6", "5/6"]
    parts = [line.amounts.value or 0 for taken in (second, third) for line in ledger_of(taken).movements]
    assert sum(parts) == Fraction(1, 12) == Fraction(5, 6) - Fraction(3, 4)


def test_a_flow_that_becomes_a_stock_is_not_followed(tmp_path: Path) -> None:
    """Its figures count a month's cases before, and those of a day now: no case is in both in the same sense."""
    job = Job(tmp_path / "job")
    job.take(MARCH, contacts=contacts("C1 4 5; C2 4 6"))
    stock = IN_A_DAY.replace("period: received", "point_in_time: {from: received, to: decided}")
    stock = stock.replace("stop: decided, within: 24 hours", "within: 1 month")
    taken = job.take(APRIL, indicator=stock, contacts=contacts("C1 4 5; C2 4 -"))
    assert said(ledger_of(taken)) == ["1/2", "unmatched None, 0, -1, +1/2", "1/1"]
    assert ledger_of(taken).attribution is Attribution.NONE
    assert list(taken.restatement.not_followed) == ["figure"]


def test_why_a_former_definition_cannot_be_computed_names_no_path(tmp_path: Path) -> None:
    """Its table is not in today's extract; the manifest says so, and not where the extract lies."""
    visits = IN_A_DAY.replace("table: contacts", "table: visits")
    Job(tmp_path / "job", indicator=visits, tables={"visits": CONTACTS}).take(MARCH, visits=contacts("C1 4 5; C2 4 6"))
    taken = Job(tmp_path / "job").take(APRIL, contacts=contacts("C1 4 5; C2 4 6"))
    assert taken.restatement.not_followed == {
        "figure": "the former definition needs visits: this extract has no such table"
    }
    assert str(tmp_path).encode() not in taken.manifest.to_bytes()


def test_a_former_definition_that_cannot_be_read_any_more_leaves_the_others_followed(tmp_path: Path) -> None:
    """Two indicators are redefined; the former text of one is no definition any more. Its problem names no path."""
    other = IN_A_DAY.replace("Decided", "Also decided")
    before = Job(tmp_path / "job", others={"other": other}).take(MARCH, contacts=contacts("C1 4 5; C2 4 6"))
    assert before.snapshot is not None
    _rewrite(before.snapshot.folder, "definitions/other.yaml", "measure: proportion", "measure: proportions")
    in_2_days = IN_A_DAY.replace("24 hours", "48 hours")
    taken = Job(tmp_path / "job", indicator=in_2_days, others={"other": in_2_days}).take(
        APRIL, contacts=contacts("C1 4 5; C2 4 6")
    )
    assert list(taken.restatement.not_followed) == ["other"]
    assert taken.restatement.not_followed["other"].startswith("the former definition cannot be read any more: measure")
    assert str(tmp_path).encode() not in taken.manifest.to_bytes()
    ledgers = {
        each.indicator: said(each)
        for each in taken.restatement.ledgers
        if each.period.label == "2019-02" and each.category is None
    }
    # C1 was decided after 24 hours, C2 after 48.
    assert ledgers["figure"] == ["1/2", "definition 1, +1, 0, +1/2", "2/2"]
    assert ledgers["other"] == ["1/2", "unmatched None, +1, 0, +1/2", "2/2"]


def _rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of a snapshot, and its record in the manifest, as if another program had written it."""
    path, manifest = folder / name, folder / "manifest.json"
    content = path.read_bytes()
    changed = content.replace(old.encode(), new.encode())
    assert changed != content
    path.write_bytes(changed)
    records = manifest.read_text("utf-8").replace(sha256(content).hexdigest(), sha256(changed).hexdigest())
    manifest.write_text(records, "utf-8")
