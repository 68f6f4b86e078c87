"""Every kind of finding, in an extract small enough to be read: which rows, how many, which figures."""

from fractions import Fraction
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.findings import Effect
from sgkpi.documents.check import describe_effect
from sgkpi.engines.checks import Check
from sgkpi.engines.quality import RowFinding, columns_concerned, may_move_total
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from tests.check.support import CHILDREN, CONTACTS, INDICATORS, STAYS, TABLES, check, of, rows, write_project
from tests.support.catalogue import shipped
from tests.support.results import month, proportion

# Four contacts of February, of which two are decided in time, one late, and one not at all.
SOUND = (
    CONTACTS
    + "C1,P1,2019-02-04 09:00,2019-02-04 12:00,,police,1\n"
    + "C2,P2,2019-02-05 09:00,2019-02-05 12:00,,school,1\n"
    + "C3,P3,2019-02-06 09:00,2019-02-08 12:00,,7,1\n"
    + "C4,P4,2019-02-07 09:00,,,police,1\n"
)


def effects(found: list[Effect]) -> dict[str, tuple[dict[str, int], int, Fraction | None, Fraction | None]]:
    return {
        each.indicator: ({k.value: v for k, v in each.cases.items()}, each.unplaced, each.lowest, each.highest)
        for each in found
    }


def test_the_effect_on_a_figure_without_a_value_says_why_it_has_none() -> None:
    figure = proportion(month("2019-02"), 0, 0)
    effect = Effect(figure, {Outcome.NOT_DUE: 14}, lowest=Fraction(0), highest=Fraction(1))
    assert describe_effect(effect, "Contacts") == (
        "Contacts: no cases, between 0.0% and 100.0% if these 14 cases were known"
    )


def test_a_sound_extract_has_nothing_but_what_is_awaited(tmp_path: Path) -> None:
    report = check(tmp_path, {"contacts.csv": SOUND})
    (empty,) = report.findings
    assert (empty.check, empty.severity, empty.count, rows(empty)) == (
        Check.EMPTY,
        Severity.NOTE,
        1,
        {"contacts.csv": (5,)},
    )
    # 2 of 4 are met. C4 is overdue: if its decision were known, 2 or 3 of the 4 would be.
    assert effects(list(empty.effects)) == {"decided_24h": ({"overdue": 1}, 0, Fraction(2, 4), Fraction(3, 4))}
    (facts,) = report.tables
    assert (facts.rows, str(facts.first), str(facts.last)) == (4, "2019-02-04", "2019-02-07")
    assert {str(month): number for month, number in (facts.months or {}).items()} == {"2019-02": 4}


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("tbc", "as a date and time"),
        (
            "43501.5",
            (
                "as a date and time: it looks like a date that Excel stores as a number; "
                "format the cell as a date and export again"
            ),
        ),
        ("02/28/2019", "as a date and time: the month stands before the day; export it as 2019-02-05"),
        ("05/02/19", "as a date and time: its year has two digits; export it with four"),
        ("5-Feb-19", "as a date and time: its year has two digits; export it with four"),
        ("31/02/2019 10:00", "as a date and time: there is no such day or time"),
        ("05/02/2019 9:00 AM", "as a date and time: its time has AM or PM; export it with 24 hours, as 14:30"),
        ("2019-02-05 2.30 p.m.", "as a date and time: its time has AM or PM; export it with 24 hours, as 14:30"),
    ],
)
def test_a_date_that_cannot_be_read_has_its_reason(tmp_path: Path, cell: str, detail: str) -> None:
    report = check(tmp_path, {"contacts.csv": SOUND + f"C5,P5,2019-02-08 09:00,{cell},,police,1\n"})
    (found,) = of(report, Check.UNREADABLE)
    assert (found.detail, found.count, rows(found)) == (detail, 1, {"contacts.csv": (6,)})
    assert cell not in found.message
    # C5 is unknown: 2 of 4 are met; with it, 2 or 3 of 5.
    assert effects(list(found.effects)) == {"decided_24h": ({"unknown": 1}, 0, Fraction(2, 5), Fraction(3, 5))}


def test_identifiers_that_a_spreadsheet_rounded(tmp_path: Path) -> None:
    text = SOUND.replace("C1,P1", "C1,1.23457E+11").replace("C2,P2", "C2, 1.23457e+11 ").replace("C3,P3", "3E+05,12E+5")
    found = of(check(tmp_path, {"contacts.csv": text}), Check.ROUNDED)
    assert {each.columns: rows(each) for each in found} == {
        ("contact_id",): {"contacts.csv": (4,)},
        ("person_id",): {"contacts.csv": (2, 3)},
    }


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("many", "as a whole number"),
        ("<1", "as a whole number: it is a range; export the number"),
        ("#MULTIVALUE", "as a whole number: it is an error of a spreadsheet; mend the formula"),
        ("1.5", "as a whole number: it has decimals"),
    ],
)
def test_a_number_that_cannot_be_read_has_its_reason(tmp_path: Path, cell: str, detail: str) -> None:
    report = check(tmp_path, {"contacts.csv": SOUND + f"C5,P5,2019-02-08 09:00,2019-02-08 10:00,,police,{cell}\n"})
    (found,) = of(report, Check.UNREADABLE)
    assert (found.detail, found.columns) == (detail, ("visits",))
    assert (found.effects, found.concerned) == ((), ())  # no indicator names the column


def test_reasons_are_told_apart(tmp_path: Path) -> None:
    lines = [f"C{n},P{n},2019-02-08 09:00,{cell},,police,1\n" for n, cell in enumerate(("tbc", "43501", "asap"), 5)]
    found = of(check(tmp_path, {"contacts.csv": SOUND + "".join(lines)}), Check.UNREADABLE)
    assert sorted((each.count, rows(each)["contacts.csv"]) for each in found) == [(1, (7,)), (2, (6, 8))]


def test_blanks_in_required_columns(tmp_path: Path) -> None:
    lines = "C5,,2019-02-08 09:00,2019-02-08 10:00,,police,1\nC6,P6,,2019-02-08 10:00,,police,1\n,,,,,,\n"
    report = check(tmp_path, {"contacts.csv": SOUND + lines})
    blank = {each.columns: each for each in of(report, Check.BLANK)}
    assert rows(blank["person_id",]) == {"contacts.csv": (6,)}
    assert rows(blank["received_at",]) == {"contacts.csv": (7,)}  # the row that is all blank is no row
    assert effects(list(blank["received_at",].effects)) == {
        "decided_24h": ({}, 1, None, None),
        "received": ({}, 1, None, None),
    }


def test_codes_that_no_declaration_knows(tmp_path: Path) -> None:
    report = check(tmp_path, {"contacts.csv": SOUND + "C5,P5,2019-02-08 09:00,2019-02-08 10:00,,neighbour,1\n"})
    (found,) = of(report, Check.UNLISTED)
    assert (found.columns, found.count, rows(found)) == (("source",), 1, {"contacts.csv": (6,)})
    assert "neighbour" not in found.message


def test_rules_broken_have_the_severity_that_they_say(tmp_path: Path) -> None:
    lines = "C5,P5,2019-02-08 09:00,2019-02-07 10:00,,police,100\nC6,P6,2019-02-08 09:00,,,police,\n"
    report = check(tmp_path, {"contacts.csv": SOUND + lines})
    broken = {each.detail: each for each in of(report, Check.RULE)}
    assert broken["decided_before_received"].severity is Severity.WARNING
    assert broken["too_many_visits"].severity is Severity.ERROR
    # Null does not break a rule: row 7 has neither a decision nor visits.
    assert rows(broken["decided_before_received"]) == rows(broken["too_many_visits"]) == {"contacts.csv": (6,)}
    # C5 is unknown (stop_before_start), and so is nothing else; C4 and C6 are overdue: 2 of 5 are met.
    assert effects(list(broken["decided_before_received"].effects)) == {
        "decided_24h": ({"unknown": 1}, 0, Fraction(2, 6), Fraction(3, 6)),
        "received": ({"counted": 1}, 0, Fraction(5), Fraction(6)),
    }


def test_a_rule_whose_column_is_not_there_is_not_checked(tmp_path: Path) -> None:
    (found,) = of(
        check(tmp_path, {"contacts.csv": "contact_id,person_id,received_at,decided_at\n"}), Check.RULE_NOT_CHECKED
    )
    assert (found.detail, found.columns, found.severity) == ("too_many_visits", ("visits",), Severity.NOTE)


def test_duplicate_keys(tmp_path: Path) -> None:
    lines = "C1,P1,2019-02-04 09:00,2019-02-04 12:00,,police,1\nc2 ,P2,2019-02-05 09:00,2019-02-07 12:00,,school,1\n"
    report = check(tmp_path, {"contacts.csv": SOUND + lines})
    (identical,) = of(report, Check.IDENTICAL_ROW)
    (differing,) = of(report, Check.DUPLICATE_KEY)
    assert (identical.count, rows(identical)) == (1, {"contacts.csv": (6,)})
    assert (differing.count, rows(differing)) == (2, {"contacts.csv": (3, 7)})
    assert differing.message == (
        "1 key has conflicting rows: the case is unknown (duplicate_key), and as related rows all count"
    )
    # C2 is unknown: 1 of 3 is met (C1), with it 1 or 2 of 4.
    decided = effects(list(differing.effects))["decided_24h"]
    assert decided == ({"unknown": 1}, 0, Fraction(1, 4), Fraction(2, 4))


def test_persons_that_the_register_does_not_have(tmp_path: Path) -> None:
    children = CHILDREN + "p1 ,2005-03\nP2,2006-01\nP4,2006-01\n"
    report = check(tmp_path, {"contacts.csv": SOUND, "children.csv": children})
    (found,) = of(report, Check.UNKNOWN_PERSON)
    assert (found.table, found.detail, rows(found)) == ("contacts", "children", {"contacts.csv": (4,)})


def test_related_rows_that_no_case_finds(tmp_path: Path) -> None:
    stays = STAYS + "S1,P1,2019-02-01,,hotel\nS2,P9,2019-02-01,,hotel\n"
    report = check(tmp_path, {"contacts.csv": SOUND, "stays.csv": stays})
    (found,) = of(report, Check.UNMATCHED_KEY)
    assert (found.table, found.detail, found.severity, rows(found)) == (
        "stays", "contacts", Severity.NOTE, {"stays.csv": (3,)},
    )  # fmt: skip


def test_spells_that_overlap_or_never_end(tmp_path: Path) -> None:
    lines = [
        "S1,P1,2019-01-01,2019-01-10,hotel\n",
        "S2,P1,2019-01-09,2019-01-20,hotel\n",  # begins before the 10th
        "S3,P1,2019-01-20,,flat\n",  # begins as the one before ends
        "S4,P2,2019-01-01,,hotel\n",  # no end, and another follows
        "S5,P2,2019-02-01,,flat\n",
        "S6,P3,2019-01-01,,flat\n",  # no end, and nothing follows
        "S6,P3,2019-01-01,,flat\n",  # the same row
        "S7,P4,2019-02-01,2019-01-01,flat\n",  # ends before it begins: no spell
        "S8,P4,2019-01-15,2019-02-15,flat\n",
    ]
    report = check(tmp_path, {"stays.csv": STAYS + "".join(lines)})
    (overlapping,), (open_,) = of(report, Check.OVERLAPPING_SPELL), of(report, Check.OPEN_SPELL)
    assert rows(overlapping) == {"stays.csv": (3,)}
    assert rows(open_) == {"stays.csv": (5,)}
    assert "1 person" in open_.message
    # S4 is one of the stays in a hotel on 28 February: without it there would be none.
    assert effects(list(open_.effects)) == {"in_hotel": ({"counted": 1}, 0, Fraction(0), Fraction(1))}


def test_dates_in_the_future(tmp_path: Path) -> None:
    lines = (
        "C5,P5,2019-02-08 09:00,2091-02-08 10:00,2020-01-01,police,1\n"
        "C6,P6,2019-03-04 08:00,,,police,1\n"  # an hour after the as-of time
        "C7,P7,2019-03-04 06:00,,,police,1\n"
    )
    found = {each.columns: each for each in of(check(tmp_path, {"contacts.csv": SOUND + lines}), Check.FUTURE_DATE)}
    assert set(found) == {("decided_at",), ("received_at",)}  # a planned date may lie in the future
    assert rows(found["decided_at",]) == {"contacts.csv": (6,)}
    assert rows(found["received_at",]) == {"contacts.csv": (7,)}
    # C5 counts as open, and so overdue: of five, two are met.
    assert effects(list(found["decided_at",].effects)) == {
        "decided_24h": ({"overdue": 1}, 0, Fraction(2, 5), Fraction(3, 5))
    }


def test_times_when_the_clocks_change(tmp_path: Path) -> None:
    lines = (
        "C5,P5,2018-03-25 01:30,2018-03-25 02:00,,police,1\n"  # 01:00 to 01:59 was left out
        "C6,P6,2018-10-28 01:00,2018-10-28 01:59:59,,police,1\n"  # shown twice
        "C7,P7,2018-10-28 00:59,2018-10-28 02:00,,police,1\n"
        "C8,P8,2018-10-21 01:30,2018-03-25,,police,1\n"  # another Sunday; no time of day
    )
    report = check(tmp_path, {"contacts.csv": SOUND + lines})
    missing = {each.columns[0]: rows(each)["contacts.csv"] for each in of(report, Check.MISSING_HOUR)}
    repeated = {each.columns[0]: rows(each)["contacts.csv"] for each in of(report, Check.REPEATED_HOUR)}
    assert missing == {"received_at": (6,)}
    assert repeated == {"received_at": (7,), "decided_at": (7,)}


def test_columns_nobody_declared(tmp_path: Path) -> None:
    text = "contact_id,person_id,received_at,ward,notes\nC1,P1,2019-02-04 09:00,Yate,x\n"
    (found,) = of(check(tmp_path, {"contacts.csv": text}), Check.UNDECLARED_COLUMN)
    assert (found.columns, found.count, found.severity) == (("ward", "notes"), 2, Severity.NOTE)


def test_rows_with_more_or_fewer_cells(tmp_path: Path) -> None:
    lines = "C5,P5,2019-02-08 09:00,2019-02-08 10:00,,police,1,extra\nC6,P6,2019-02-08 09:00\n"
    report = check(tmp_path, {"contacts.csv": SOUND + lines})
    (ragged,), (short,) = of(report, Check.RAGGED_ROW), of(report, Check.SHORT_ROW)
    assert (ragged.severity, rows(ragged)) == (Severity.ERROR, {"contacts.csv": (6,)})
    assert (short.severity, rows(short)) == (Severity.WARNING, {"contacts.csv": (7,)})
    (facts,) = report.tables
    assert facts.rows == 5  # C1 to C4, and C6


def test_a_broken_export(tmp_path: Path) -> None:
    lines = [
        f"C{m}{d},P1,2018-{m:02d}-{d:02d} 09:00,2018-{m:02d}-{d:02d} 10:00,,police,1\n"
        for m in (10, 11)
        for d in range(10, 17)
    ]
    (found,) = of(check(tmp_path, {"contacts.csv": CONTACTS + "".join(lines)}), Check.NO_EVENTS)
    assert found.severity is Severity.ERROR
    assert found.message == (
        "no row has its 'received_at' in 2018-12 to 2019-02, the latest complete months: "
        "7 a month was usual in the twelve months before"
    )
    assert found.concerned == ("decided_24h", "received")  # no table of stays: the third cannot be computed


def test_a_table_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    report = check(tmp_path, {"contacts.csv": SOUND, "stays.csv": "stay_id,start_date\nS1,2019-01-01\n"})
    (found,) = of(report, Check.FILE)
    assert (found.table, found.named, found.severity) == ("stays", "missing-column", Severity.ERROR)
    assert [facts.table for facts in report.tables] == ["contacts"]


def test_identifiers_come_first_and_once(tmp_path: Path) -> None:
    text = "contact_id,person_id,received_at,Surname\n" + "".join(
        f"C{n},P{n},2019-02-04 09:00,{name}\n" for n, name in enumerate(("Ainscough", "Berrycloth"))
    )
    stays = "stay_id,person_id,start_date,end_date,kind,Surname\nS1,P1,2019-01-01,,tbc,Cleghorn\n"
    report = check(tmp_path, {"contacts.csv": text, "stays.csv": stays})
    first = report.findings[0]
    assert (first.check, first.severity, first.columns) == (Check.IDENTIFIER, Severity.ERROR, ("Surname",))
    assert [place.file for place in first.places] == ["contacts.csv", "stays.csv"]
    assert len(of(report, Check.IDENTIFIER)) == 1
    assert not any(name in str(report.findings) for name in ("Ainscough", "Berrycloth", "Cleghorn"))


def test_every_row_and_values_where_asked(tmp_path: Path) -> None:
    lines = "".join(f"D{n},P1,2019-02-08 09:00,tbc{n},,police,1\n" for n in range(7))
    first = check(tmp_path, {"contacts.csv": SOUND + lines})
    assert rows(of(first, Check.UNREADABLE)[0]) == {"contacts.csv": (6, 7, 8, 9, 10)}
    every = check(tmp_path, {"contacts.csv": SOUND + lines}, every_row=True)
    assert rows(of(every, Check.UNREADABLE)[0]) == {"contacts.csv": (6, 7, 8, 9, 10, 11, 12)}
    shown = check(tmp_path, {"contacts.csv": SOUND + lines}, show_values=True)
    assert of(shown, Check.UNREADABLE)[0].places[0].values == ("tbc0", "tbc1", "tbc2", "tbc3", "tbc4")
    assert of(first, Check.UNREADABLE)[0].values == ()


def test_values_are_counted_where_asked_the_most_frequent_first(tmp_path: Path) -> None:
    cells = ["Step down"] * 12 + ["zoo"] * 3 + ["Zoo"] * 3 + [f"x{n}" for n in range(20)]
    lines = "".join(f"D{n},P1,2019-02-08 09:00,,,{cell},1\n" for n, cell in enumerate(cells))
    (found,) = of(check(tmp_path, {"contacts.csv": SOUND + lines}, show_values=True), Check.UNLISTED)
    assert found.values[:4] == (("Step down", 12), ("Zoo", 3), ("zoo", 3), ("x0", 1))
    assert len(found.values) == 10


def test_rows_are_numbered_as_in_a_spreadsheet_past_empty_lines_and_in_each_file(tmp_path: Path) -> None:
    (tmp_path / "data" / "contacts").mkdir(parents=True)
    header = "contact_id,person_id,received_at,decided_at\n"
    files = {
        "contacts/2018.csv": header + "\nA1,P1,2018-02-04 09:00,tbc\n",
        "contacts/2019.csv": header + "B1,P1,2019-02-04 09:00,2019-02-04 10:00\nB2,P2,2019-02-04 09:00,tbc\n",
    }
    (found,) = of(check(tmp_path, files), Check.UNREADABLE)
    assert rows(found) == {"contacts/2018.csv": (3,), "contacts/2019.csv": (3,)}
    assert found.count == 2
    assert dict(found.effects[0].cases) == {Outcome.UNKNOWN: 1}


def test_without_a_key_whole_rows_are_compared(tmp_path: Path) -> None:
    text = "person_id,received_at,decided_at\n" + "P1,2019-02-04 09:00,tbc\n" * 2 + "P2,2019-02-04 09:00,\n"
    report = check(tmp_path, {"contacts.csv": text})
    (identical,) = of(report, Check.IDENTICAL_ROW)
    assert rows(identical) == {"contacts.csv": (3,)}
    assert of(report, Check.DUPLICATE_KEY) == []
    # The two rows are one case, which is unknown; P2 is overdue: none of one is met.
    (found,) = of(report, Check.UNREADABLE)
    assert effects(list(found.effects))["decided_24h"] == ({"unknown": 1}, 0, Fraction(0, 2), Fraction(1, 2))


def test_rows_are_named_right_among_many(tmp_path: Path) -> None:
    """DuckDB reads many rows in several threads; the order of its joins must not become that of the rows."""
    count, blank, unlisted, unknown = 30_000, (2_050, 9_000, 29_999), (5, 20_481), (4_097, 28_672)
    lines = [
        f"C{row},{'Q' if row in unknown else 'P'}{row},{'' if row in blank else '2019-02-04 09:00'},2019-02-05 09:00,,"
        f"{'tram' if row in unlisted else 'police'},1\n"
        for row in range(2, count + 2)
    ]
    children = [f"P{row},2005-03\n" for row in range(2, count + 2)]
    files = {"contacts.csv": CONTACTS + "".join(lines), "children.csv": CHILDREN + "".join(children)}
    report = check(tmp_path, files, every_row=True)
    found = [of(report, each) for each in (Check.BLANK, Check.UNLISTED, Check.UNKNOWN_PERSON)]
    assert [rows(each) for (each,) in found] == [{"contacts.csv": each} for each in (blank, unlisted, unknown)]


def test_a_fault_that_cannot_move_the_total() -> None:
    """The source breaks contacts down and does nothing else; a cell that cannot be read makes a case unknown anyhow."""
    decided = shipped().indicators["contacts_decided_24h"]
    faults = (Check.UNLISTED, "source"), (Check.UNREADABLE, "source"), (Check.EMPTY, "decided_at")
    moves = [may_move_total(RowFinding("contacts", check, (column,), 1), decided) for check, column in faults]
    assert moves == [False, True, True]


@pytest.mark.parametrize(
    ("indicator", "found", "concerned"),
    [
        # Allocations are found from open cases here, and from care leavers there.
        ("cases_allocated", RowFinding("allocations", Check.UNMATCHED_KEY, ("person_id",), 1, "cases"), True),
        ("cases_allocated", RowFinding("allocations", Check.UNMATCHED_KEY, ("person_id",), 1, "care_leavers"), False),
        ("caseload_average", RowFinding("workers", Check.UNMATCHED_KEY, ("worker_id",), 1, "allocations"), True),
        ("caseload_average", RowFinding("workers", Check.UNMATCHED_KEY, ("worker_id",), 1, "supervisions"), False),
        # Workers are related rows here, found by their post.
        (
            "posts_filled_permanently",
            RowFinding("workers", Check.UNMATCHED_KEY, ("worker_id",), 1, "allocations"),
            False,
        ),
        # Those who have not left are in the stock; only those who have can be counted as leavers.
        ("agency_social_workers", RowFinding("workers", Check.EMPTY, ("left_on",), 1), False),
        ("posts_filled_permanently", RowFinding("workers", Check.EMPTY, ("left_on",), 1), False),
        ("social_workers_left", RowFinding("workers", Check.EMPTY, ("left_on",), 1), True),
        # A clock in working days needs the date alone.
        ("contacts_decided_24h", RowFinding("contacts", Check.NO_TIME, ("decided_at",), 1), True),
        ("contacts_decided_5_working_days", RowFinding("contacts", Check.NO_TIME, ("decided_at",), 1), False),
        ("rhi_offered", RowFinding("missing_episodes", Check.NO_TIME, ("returned_at",), 1), True),  # by hours_between
    ],
)
def test_what_a_finding_concerns(indicator: str, found: RowFinding, concerned: bool) -> None:
    assert any(columns_concerned(found, shipped().indicators[indicator])) == concerned


def test_a_time_of_day_that_a_clock_in_hours_lacks(tmp_path: Path) -> None:
    report = check(tmp_path, {"contacts.csv": SOUND.replace("2019-02-05 09:00", "2019-02-05")})
    (found,) = of(report, Check.NO_TIME)
    assert (found.severity, found.columns, rows(found)) == (Severity.WARNING, ("received_at",), {"contacts.csv": (3,)})


def test_a_column_that_is_blank_throughout_is_one_finding(tmp_path: Path) -> None:
    lines = "".join(f"C{n},P{n},2019-02-{n:02} 09:00,,,police,1\n" for n in range(1, 21))
    found = [each for each in check(tmp_path, {"contacts.csv": CONTACTS + lines}).findings if each.table == "contacts"]
    assert [(each.check, each.columns) for each in found] == [(Check.EMPTY_COLUMN, ("decided_at",))]
    # None of the 20 is decided; if the dates were known, none to all of them might be in time.
    assert effects(list(found[0].effects)) == {"decided_24h": ({"overdue": 20}, 0, Fraction(0, 20), Fraction(20, 20))}


def test_a_join_of_a_number_with_text_is_a_comparison_of_texts(tmp_path: Path) -> None:
    """C1 has the order 7, there spelt `7.0`. The order of C2 is in no row there, nor is order 9 in one here."""
    number, text = ({"type": kind} for kind in ("integer", "text"))
    contacts = {**TABLES["contacts"], "columns": {**TABLES["contacts"]["columns"], "order_no": number}}
    orders = {"key": ["order_no"], "columns": {"order_no": text, "kind": text, "made_on": {"type": "date"}}}
    ordered = {
        **INDICATORS["received"],
        "related": {"order": {"table": "orders", "keep": "only", "on": "order_no"}},
        "measure": "proportion",
        "met": "order.made_on is not null",
    }
    files = {
        "contacts.csv": "contact_id,person_id,received_at,decided_at,review_on,source,visits,order_no\n"
        "C1,P1,2019-02-04 09:00,,,police,1,7\nC2,P2,2019-02-05 09:00,,,police,1,8\n",
        "orders.csv": "order_no,kind,made_on\n7.0,care,soon\n9,care,2019-02-01\n",
    }
    write_project(tmp_path, files, {"contacts": contacts, "orders": orders}, {"ordered": ordered})
    catalogue = api.load_catalogue(tmp_path / "indicators")
    extract = api.open_extract(tmp_path / "data", catalogue)
    report = check_quality(extract, catalogue, QualityRequest(month=Month(2019, 2)))
    unmatched = {each.table: (each.columns, rows(each)) for each in of(report, Check.UNMATCHED_KEY)}
    assert unmatched == {
        "contacts": (("order_no",), {"contacts.csv": (3,)}),
        "orders": (("order_no",), {"orders.csv": (3,)}),
    }
    (unreadable,) = of(report, Check.UNREADABLE)
    assert effects(list(unreadable.effects)) == {"ordered": ({"unknown": 1}, 0, Fraction(0), Fraction(1, 2))}
