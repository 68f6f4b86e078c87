"""`sgkpi diff`: what changed between two snapshots, read from what was stored with them."""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest

from tests.support.monthly import APRIL, AS_OF, MARCH, MAY, Monthly


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Monthly:
    """Three months: February is 3/4, then 4/6 by two late records, then 5/6 by a correction."""
    job = Monthly.at(tmp_path_factory.mktemp("job"))
    for month, rows in (("2019-02", MARCH), ("2019-03", APRIL), ("2019-04", MAY)):
        assert job.take(month, rows).code == 0
    return job


def lines(job: Monthly, *arguments: str) -> list[dict[str, str]]:
    ran = job.run("diff", *arguments, "--csv")
    assert ran.code == 0, ran.stderr
    return list(csv.DictReader(StringIO(ran.stdout)))


def told(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in ("line", "cause", "cases", "exact")) for row in rows]


def test_without_names_the_latest_is_compared_with_its_previous(job: Monthly) -> None:
    assert told(lines(job)) == [
        ("opening", "", "", "2/3"),
        ("movement", "corrected", "1", "1/6"),
        ("closing", "", "", "5/6"),
    ]


def test_one_name_is_compared_with_its_previous(job: Monthly) -> None:
    assert told(lines(job, "2019-03")) == [
        ("opening", "", "", "3/4"),
        ("movement", "arrived_late", "2", "-1/12"),
        ("closing", "", "", "2/3"),
    ]


def test_over_two_links_causes_are_summed_without_subtotals(job: Monthly) -> None:
    assert told(lines(job, "2019-02", "2019-04")) == [
        ("opening", "", "", "3/4"),
        ("movement", "arrived_late", "2", "-1/12"),
        ("movement", "corrected", "1", "1/6"),
        ("closing", "", "", "5/6"),
    ]


def test_what_is_stored_is_written_as_it_was(job: Monthly) -> None:
    stored = (job.folder / "snapshots/2019-03-r1/restatement.csv").read_bytes()
    assert job.run("diff", "2019-03", "--by", "all", "--csv").raw == stored


def test_the_other_way_round_no_case_can_be_followed(job: Monthly) -> None:
    rows = lines(job, "2019-03", "2019-02")
    assert told(rows) == [
        ("opening", "", "", "2/3"),
        ("movement", "unmatched", "", "1/12"),
        ("closing", "", "", "3/4"),
    ]
    assert {row["attribution"] for row in rows} == {"none"}


def test_json_says_over_which_snapshots(job: Monthly) -> None:
    document = json.loads(job.run("diff", "2019-02", "2019-04", "--json").stdout)
    assert document["schema"] == "sgkpi.diff/1"
    assert document["path"] == ["2019-02-r1", "2019-03-r1", "2019-04-r1"]
    assert (document["before"]["snapshot"], document["after"]["as_of"]) == ("2019-02-r1", "2019-05-03T07:00:00")
    assert len(document["lines"]) == 4


def test_by_adds_categories_in_the_order_of_the_long_table(job: Monthly) -> None:
    rows = lines(job, "2019-02", "2019-04", "--by", "team")
    assert [row["category"] for row in rows if row["line"] == "opening"] == ["", "North", "South"]


def test_all_has_figures_that_did_not_change(job: Monthly) -> None:
    assert {row["comparison"] for row in lines(job, "--all")} == {"restated", "same", "first", "gone"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["2018-05"], 12, "there is no snapshot '2018-05'; there are: 2019-02-r1, 2019-03-r1, 2019-04-r1"),
        (["2019-02"], 12, "2019-02-r1 has no previous snapshot: it was the first"),
        (["waitz"], 10, "no indicator 'waitz'; did you mean 'waits'?"),
        (["--by", "tean"], 2, "no breakdown 'tean'; did you mean 'team'?"),
        (["--fail-on", "anything"], 2, "--fail-on: 'anything' is not 'changed'"),
        (["--snapshots", "nowhere"], 12, "there are no snapshots in 'nowhere'; `sgkpi snapshot --month` takes one"),
    ],
)
def test_what_cannot_be_compared(job: Monthly, arguments: list[str], code: int, message: str) -> None:
    ran = job.run("diff", *arguments)
    assert (ran.code, ran.stdout) == (code, "")
    assert message in ran.stderr


def test_a_category_that_a_case_passed_on_the_way(tmp_path: Path) -> None:
    # C1 was red; that it turned blue on 1 March is recorded late, and on 10 March it turned green.
    job = Monthly.at(tmp_path)
    mark = "related:\n  mark: {table: marks, keep: latest, date: at, until: as_of}\nby: [{colour: mark.colour}]"
    definition = (job.folder / "indicators/waits.yaml").read_text("utf-8")
    job.write("indicators/waits.yaml", definition.replace("by: [team]", mark))
    columns = "columns: {id: {type: text}, person: {type: text}, at: {type: date}, colour: {type: text}}"
    job.write("indicators/tables/marks.yaml", f"key: id\nperson: person\nhappened: at\n{columns}\n")
    marks = "id,person,at,colour\nM1,P1,2019-02-10,red\n"
    job.write("data/marks.csv", marks)
    assert job.take("2019-02", MARCH).code == 0
    job.write("data/marks.csv", f"{marks}M2,P1,2019-03-01,blue\nM3,P1,2019-03-10,green\n")
    assert job.take("2019-03", MARCH).code == 0
    ran = job.run("diff", "--by", "all", "--csv")
    assert ran.raw == job.files()["snapshots/2019-03-r1/restatement.csv"]
    blue = [row for row in csv.DictReader(StringIO(ran.stdout)) if row["category"] == "blue"]
    assert [(row["line"], row["cause"], row["met"], row["comparison"]) for row in blue] == [
        ("opening", "", "0", "same"),
        ("movement", "recategorised", "1", "same"),
        ("subtotal", "", "1", "same"),
        ("movement", "continued", "-1", "same"),
        ("closing", "", "0", "same"),
    ]
    job.write("data/marks.csv", f"{marks}M2,P1,2019-03-01,blue\nM3,P1,2019-03-10,red\n")
    assert job.take("2019-04", MARCH).code == 0
    passed = [row for row in lines(job, "2019-02", "2019-04", "--by", "all") if row["category"] in {"blue", "green"}]
    assert [(row["category"], row["line"], row["cause"], row["met"]) for row in passed] == [
        ("blue", "opening", "", "0"),
        ("blue", "movement", "recategorised", "1"),
        ("blue", "movement", "continued", "-1"),
        ("blue", "closing", "", "0"),
        ("green", "opening", "", "0"),
        ("green", "movement", "recategorised", "-1"),
        ("green", "movement", "continued", "1"),
        ("green", "closing", "", "0"),
    ]


@pytest.mark.parametrize(
    ("month", "covers", "comparison"),
    [("2019-03", "", "first"), ("2019-01", "[covers]\ncontacts = 2019-02-01\n", "not_comparable: not_covered_before")],
)
def test_a_month_that_the_earlier_does_not_have_was_not_empty_then(
    tmp_path: Path, month: str, covers: str, comparison: str
) -> None:
    """The snapshot of March has the month without a case, that of April with a late one; that of February has none."""
    job = Monthly.at(tmp_path)
    job.extract(MARCH, AS_OF["2019-02"])
    job.write("data/extract.toml", f"extracted_at = {AS_OF['2019-02']}:00\n{covers}")
    assert job.run("snapshot", "--month", "2019-02", "--history", "2", "--period", "month").code == 0
    assert job.take("2019-03", MARCH).code == 0
    late = f"{MARCH}; C7 {month[5:]}-05 {month[5:]}-05"
    job.extract(late, AS_OF["2019-04"])
    assert job.run("snapshot", "--month", "2019-04", "--history", "3", "--period", "month").code == 0
    found = [row for row in lines(job, "2019-02", "2019-04", "--all", "--by", "all") if row["period"] == month]
    assert {(row["breakdown"], row["comparison"]) for row in found} == {("", comparison), ("team", "first")}
    assert "movement" not in {row["line"] for row in found}
    assert ("closing", "", "1") in {(row["line"], row["cause"], row["met"]) for row in found}


def test_over_another_measure_no_case_can_be_followed(tmp_path: Path) -> None:
    # The median of 2, 5, 9 days is 5; the mean 16/3, and 15/3 when 9 is corrected to 8.
    job = Monthly.at(tmp_path)
    rows = "id,person,received,decided,team,days\n"
    rows += "".join(f"C{days},P,2019-02-05 09:00,,North,{days}\n" for days in (2, 5, 9))
    for month, measure, days in (("2019-02", "median", 9), ("2019-03", "mean", 9), ("2019-04", "mean", 8)):
        definition = f"title: Days\ntable: contacts\nperiod: received\nmeasure: {measure}\nvalue: days\n"
        job.write("indicators/waits.yaml", definition)
        job.write("data/contacts.csv", rows.replace(",9\n", f",{days}\n"))
        job.write("data/extract.toml", f"extracted_at = {AS_OF[month]}:00\n")
        assert job.run("snapshot", "--month", month, "--history", "2", "--period", "month").code == 0
    found = [row for row in lines(job, "2019-02", "2019-04", "--all") if row["period"] == "2019-02"]
    assert told(found) == [("opening", "", "", "5"), ("closing", "", "", "5")]
    assert {row["comparison"] for row in found} == {"not_comparable: measure_changed"}


def test_values_of_two_measures_are_each_shown_in_their_own_unit(tmp_path: Path) -> None:
    # One of two contacts is decided in time: 50.0% (1/2); the two took 0 and 2 days, 1.0 in the mean.
    job = Monthly.at(tmp_path)
    means = "title: Days\ntable: contacts\nperiod: received\nmeasure: mean\nvalue: days_between(received, decided)\n"
    assert job.take("2019-02", "C1 4 4; C2 4 6").code == 0
    job.write("indicators/waits.yaml", means)
    assert job.take("2019-03", "C1 4 4; C2 4 6").code == 0
    (row,) = [line for line in job.run("diff", "--all").stdout.splitlines() if "February" in line]
    assert re.split(r" {2,}", row.strip()) == ["Days, February 2019: another measure than then", "50.0% (1/2)", "1.0"]


def test_an_indicator_under_a_new_name_means_the_same(tmp_path: Path) -> None:
    job = Monthly.at(tmp_path)
    assert job.take("2019-02", MARCH).code == 0
    (job.folder / "indicators/waits.yaml").rename(job.folder / "indicators/delays.yaml")
    assert job.take("2019-03", MARCH).code == 0
    assert "delays means the same as waits, which is published no more" in job.run("diff", "--all").stdout


def test_fail_on_changed(job: Monthly, tmp_path: Path) -> None:
    assert job.run("diff", "--fail-on", "changed").code == 1
    assert job.run("diff", "2019-04", "2019-04", "--fail-on", "changed").code == 0


def test_a_store_is_needed(tmp_path: Path) -> None:
    ran = Monthly(tmp_path).run("diff")
    assert ran.code == 2
    assert "no store of snapshots given: use --snapshots DIR, SGKPI_SNAPSHOTS" in ran.stderr


@pytest.mark.parametrize("format_", ["md", "json", "csv", "table"])
def test_no_key_is_told(job: Monthly, format_: str) -> None:
    shown = job.run("diff", "2019-02", "2019-04", "--by", "all", "--format", format_).stdout
    assert not [name for name in ("C1", "C5", "P1") if name in shown]


def test_the_screen_tells_why_february_moved(job: Monthly) -> None:
    shown = job.run("diff", "2019-02", "2019-04", "--width", "100").stdout.splitlines()
    assert shown[0] == "From 2019-02-r1 (as of 2019-03-04 07:00) to 2019-04-r1 (as of 2019-05-03 07:00)"
    figure = next(
        place for place, line in enumerate(shown) if line.startswith("Decided within 24 hours, February 2019")
    )
    # 75.0 to 83.3 is 8.3: of -8.33 and +16.67, rounded down to -8.4 and +16.6, the first gets the missing tenth.
    assert [line.split()[-2:] for line in shown[figure + 1 : figure + 3]] == [["-8.3", "2"], ["+16.6", "1"]]


class TestWorkedOutAgain:
    """With the extract of the later snapshot, which is that of `job` in May."""

    def test_it_is_what_was_stored(self, job: Monthly) -> None:
        stored = job.run("diff", "--by", "all", "--csv").stdout
        assert job.run("diff", "--by", "all", "--csv", "--data", "data").stdout == stored

    def test_from_the_first_to_the_last_parts_are_those_of_one_change(self, job: Monthly) -> None:
        # From 3/4 to 5/6: two late records bring (+1, +2), half of 1 (1/4 + 1/6) - 2 (3/4 / 6 + 5/6 / 4) is -1/8; the
        # correction brings (+1, 0), half of 1/4 + 1/6. Over the two links they are -1/12 and 1/6, with the same sum.
        assert told(lines(job, "2019-02", "2019-04", "--data", "data")) == [
            ("opening", "", "", "3/4"),
            ("movement", "arrived_late", "2", "-1/8"),
            ("movement", "corrected", "1", "5/24"),
            ("closing", "", "", "5/6"),
        ]

    def test_the_cases_that_moved(self, job: Monthly) -> None:
        rows = lines(job, "2019-02", "2019-04", "waits", "--cases", "--data", "data")
        assert sorted(tuple(row[name] for name in ("key", "cause", "before", "after")) for row in rows) == [
            ("C4", "corrected", "not_met", "met"),
            ("C5", "arrived_late", "", "met"),
            ("C6", "arrived_late", "", "not_met"),
        ]
        document = json.loads(job.run("diff", "waits", "--cases", "--data", "data", "--json").stdout)
        assert [each["key"] for each in document["cases"]] == ["C4"]
        assert "C4   2019-02  corrected" in job.run("diff", "waits", "--cases", "--data", "data").stdout

    def test_a_file_of_cases_is_for_its_owner_alone(self, job: Monthly) -> None:
        job.run("diff", "waits", "--cases", "--data", "data", "-o", "moved.csv")
        assert (job.folder / "moved.csv").stat().st_mode & 0o777 == 0o600

    def test_a_deleted_case_has_the_beginning_of_its_digest(self, job: Monthly, tmp_path: Path) -> None:
        copy = Monthly(Path(copytree(job.folder, tmp_path / "job")))
        assert copy.take("2019-05", MAY.replace("C1 4 4; ", ""), as_of="2019-06-04T07:00").code == 0
        rows = lines(copy, "waits", "--cases", "--data", "data")
        assert [row["cause"] for row in rows] == []  # February is no longer one of the months
        assert copy.take("2019-04", MAY.replace("C1 4 4; ", ""), "--reason", "again").code == 0
        (row,) = lines(copy, "2019-04", "waits", "--cases", "--data", "data")
        assert (row["cause"], row["before"], row["after"]) == ("deleted", "met", "")
        assert re.fullmatch("deleted case [0-9a-f]{8}", row["key"])

    @pytest.mark.parametrize(
        ("arguments", "code", "message"),
        [
            (["2019-03", "--data", "data"], 11, "'data' is not the extract of 2019-03-r1: contacts differs"),
            (["waits", "--cases"], 2, "--cases: keys are not kept; give the extract of the later snapshot with --data"),
            (["--cases", "--data", "data"], 2, "--cases: name one indicator"),
        ],
    )
    def test_what_cannot_be_worked_out(self, job: Monthly, arguments: list[str], code: int, message: str) -> None:
        ran = job.run("diff", *arguments)
        assert (ran.code, ran.stdout) == (code, "")
        assert message in ran.stderr


def test_values_do_not_seem_to_reach_a_target_that_they_miss(tmp_path: Path) -> None:
    """Of a target of 66.7%, 4/6 is short by a thirtieth of a point; all values of the ledger have two decimals then."""
    job = Monthly.at(tmp_path)
    definition = (job.folder / "indicators/waits.yaml").read_text("utf-8")
    job.write("indicators/waits.yaml", f"{definition}improvement: increase\ntarget: {{green: 66.7%}}\n")
    job.take("2019-02", MARCH)
    taken = " ".join(job.take("2019-03", APRIL).stdout.split())
    assert "75.00% (3/4) 66.67% (4/6) -8.33" in taken
    assert "waits 2019-02: 75.0% to 66.67%" in taken
    shown = " ".join(job.run("diff").stdout.split())
    assert "75.00% (3/4) 66.67% (4/6) -8.33" in shown
    text = job.run("diff", "--format", "md").stdout
    assert "| 75.00% (3/4) | 66.67% (4/6) | -8.33 | arrived late (2 cases): -8.33 |" in text
    shown = " ".join(job.run("show", "waits", "--month", "2019-02").stdout.split())
    assert "Published as 75.00% (3/4) in 2019-02-r1." in shown
    assert "(2 cases): -8.33 points" in shown
