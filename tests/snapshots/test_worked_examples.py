"""The worked examples of restatement, each worked out by hand: opening, movements with their parts, closing.

A movement reads `cause cases, change of numerator, change of denominator, part of the value's change`.
"""

from pathlib import Path

from tests.snapshots.worked import APRIL, MARCH, Job, contacts, ledger_of, said


def test_1_records_that_arrive_late(tmp_path: Path) -> None:
    """C1 to C3 in time, C4 late; then C5 in time and C6 late appear."""
    job = Job(tmp_path / "job")
    job.take(MARCH, contacts=contacts("C1 4 5; C2 4 5; C3 4 5 South; C4 4 6 South"))
    taken = job.take(
        APRIL, contacts=contacts("C1 4 5; C2 4 5; C3 4 5 South; C4 4 6 South; C5 27 28; C6 28 03-02 South")
    )
    assert said(ledger_of(taken)) == ["3/4", "arrived_late 2, +1, +2, -1/12", "4/6"]
    assert said(ledger_of(taken, category="North")) == ["2/2", "arrived_late 1, +1, +1, 0", "3/3"]
    assert said(ledger_of(taken, category="South")) == ["1/2", "arrived_late 1, 0, +1, -1/6", "1/3"]


def test_2_the_same_value_of_other_cases(tmp_path: Path) -> None:
    job = Job(tmp_path / "job")
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
