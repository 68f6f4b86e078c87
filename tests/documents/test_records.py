"""Every subject in every format that its command offers: with no rows, with one, and with odd texts."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

import sgkpi
from sgkpi.answers.benchmarks import BesideBenchmark
from sgkpi.answers.overview import make_overview
from sgkpi.documents.board import board_records
from sgkpi.documents.boundaries import boundaries_records
from sgkpi.documents.cases import cases_records
from sgkpi.documents.check import check_records
from sgkpi.documents.diff import diff_records
from sgkpi.documents.due import due_records
from sgkpi.documents.figures import figure_records
from sgkpi.documents.funnel import funnel_records
from sgkpi.documents.lint import lint_records
from sgkpi.documents.list import list_records
from sgkpi.documents.overview import show_records
from sgkpi.documents.records import Records
from sgkpi.documents.revisions import revisions_records
from sgkpi.documents.signals import signals_records
from sgkpi.documents.snapshot import snapshot_records
from sgkpi.documents.store import list_records as list_records_of_store
from sgkpi.documents.store import snapshot_manifest_records, verification_records
from sgkpi.documents.verify import verify_records
from sgkpi.documents.why import why_records
from sgkpi.documents.write.formats import FORMATS, OFFERED, Format, write_records
from sgkpi.model.benchmarks import Benchmark
from sgkpi.model.periods import Month
from tests.support import answers
from tests.support.results import DECIDED, month, proportion, results, story

FEBRUARY = month("2019-02")
# Records of each command, made of texts: a row each (in `show`, besides the total), whatever they are.
SUBJECTS: Mapping[str, tuple[str, Callable[..., Records]]] = {
    "compute": ("compute", lambda *texts: figure_records(answers.figure_set(*texts))),
    "funnel": ("funnel", lambda *texts: funnel_records(answers.funnel(*texts))),
    "signals": ("signals", lambda *texts: signals_records(answers.signals(*texts))),
    "board": ("board", lambda *texts: board_records(answers.board(*texts))),
    "cases": ("cases", lambda *texts: cases_records(answers.case_list(*texts))),
    "due": ("due", lambda *texts: due_records(answers.due_list(*texts))),
    "check": ("check", lambda *texts: check_records(answers.quality(*texts))),
    "snapshot": ("snapshot", lambda *texts: snapshot_records(answers.snapshot_taken(*texts))),
    "snapshot list": ("snapshot list", lambda *texts: list_records_of_store(answers.contents(*texts))),
    "snapshot show": ("snapshot show", lambda *texts: snapshot_manifest_records(answers.stored(*texts))),
    "snapshot verify": ("snapshot verify", lambda *texts: verification_records(answers.store_verification(*texts))),
    "snapshot revisions": ("snapshot revisions", lambda *texts: revisions_records(answers.revisions(*texts))),
    "diff": ("diff", lambda *texts: diff_records(answers.diff(*texts))),
    "diff --cases": ("diff", lambda *texts: diff_records(answers.diff_with_cases(*texts))),
    "list": ("list", lambda *texts: list_records(answers.indicators(*texts))),
    "lint": ("lint", lambda *texts: lint_records(answers.lint_report(*texts))),
    "boundaries": ("lint", lambda *texts: boundaries_records(answers.boundaries(*texts))),
    "show": ("show", lambda *texts: show_records(answers.overview(*texts))),
    "verify": ("verify", lambda *texts: verify_records(answers.verification(*texts))),
    "why": ("why", lambda *texts: why_records(answers.why(*texts))),
}
ODD = ("=1+1", "a|b\n*c* <i>", '"q", x', "Zoë 😀", "<r>x</r>", "\x01\x7f", " ", "-1", "\ud800", "x" * 40_000)
TEXTS = {"none": (), "one": ("North",), "odd": ODD}
PAIRS = [
    (subject, format_)
    for subject, (command, _) in SUBJECTS.items()
    for format_ in OFFERED[command]
    if format_ is not Format.TABLE
]


def test_every_command_that_offers_data_is_tried() -> None:
    of_pages = {"report"}  # written from pages, which have tests of their own
    assert {command for command, _ in SUBJECTS.values()} == OFFERED.keys() - of_pages


def test_every_format_is_offered_by_a_command_and_has_a_file_ending_of_its_own() -> None:
    assert {format_ for offered in OFFERED.values() for format_ in offered} == set(Format) == FORMATS.keys()
    assert len({facts.ending for facts in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(("subject", "format_"), PAIRS)
def test_every_format_holds_every_row(subject: str, format_: Format, texts: tuple[str, ...]) -> None:
    records = SUBJECTS[subject][1](*(text for text in texts if format_ is not Format.PARQUET or text != "\ud800"))
    content = write_records(records, format_)
    assert isinstance(content, bytes) is FORMATS[format_].binary
    assert content == write_records(records, format_)
    CHECKS[format_](records, content)


def check_json(records: Records, content: Any) -> None:
    assert content.endswith(("}\n", "]\n"))
    assert not re.search(r"\bNaN\b", content)
    read = json.loads(content)
    assert read if isinstance(read, dict) else len(read) == len(records.table.rows)


def check_csv(records: Records, content: Any) -> None:
    header, *rows = csv.reader(StringIO(content, newline=""))
    assert header == [column.name for column in records.table.columns]
    assert len(rows) == len(records.table.rows)
    assert {len(row) for row in rows} <= {len(header)}


def check_markdown(records: Records, content: Any) -> None:
    assert content.endswith("\n")
    tables = [line for line in content.split("\n") if line.startswith("|")]
    for line in tables:
        assert line.endswith(" |")
    cells = {len(re.findall(r"(?<!\\)\|", line)) for line in tables}
    assert len(cells) <= 2  # `check` has two tables
    assert "<i>" not in content.replace("\\<i>", "")


def check_parquet(records: Records, content: Any) -> None:
    table = pq.read_table(BytesIO(content))
    assert table.column_names == [column.name for column in records.table.columns]
    assert table.num_rows == len(records.table.rows)


def check_excel(records: Records, content: Any) -> None:
    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames == [records.table.name, *(table.name for table in records.further), "About"]
    for table in (records.table, *records.further):
        sheet = book[table.name]
        assert [cell.value for cell in sheet[1]] == [column.name for column in table.columns]
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
        # A table without rows has a blank one, as Excel wants it.
        (ref,) = (each.ref for each in sheet.tables.values())
        assert int(re.findall(r"\d+", ref)[-1]) == max(len(table.rows), 1) + 1
    assert ["sgkpi", sgkpi.__version__] in [[cell.value for cell in row] for row in book["About"].iter_rows()]


CHECKS: Mapping[Format, Callable[[Records, Any], None]] = {
    Format.JSON: check_json,
    Format.CSV: check_csv,
    Format.MARKDOWN: check_markdown,
    Format.PARQUET: check_parquet,
    Format.EXCEL: check_excel,
}


def test_a_table_is_no_data() -> None:
    with pytest.raises(ValueError, match="written from a document"):
        write_records(figure_records(story()), Format.TABLE)


class TestJsonKeys:
    """Scripts rely on these keys: one that is renamed or dropped needs another number in the schema."""

    HEAD = ("schema", "sgkpi", "as_of", "as_of_source")
    CASE = ("key", "person", "period", "outcome", "reason", "start", "stop", "due", "value", "team", "by_reason")

    @staticmethod
    def read(subject: str, *texts: str) -> Any:
        return json.loads(write_records(SUBJECTS[subject][1](*(texts or ("North",))), Format.JSON))

    def test_cases(self) -> None:
        read = self.read("cases")
        assert read["schema"] == "sgkpi.cases/1"
        assert tuple(read) == (
            *self.HEAD, "extract", "indicator", "title", "measure", "periods", "not_covered",
            "unavailable_breakdowns", "cautions", "cases",
        )  # fmt: skip
        assert list(read["extract"]) == ["source"]
        assert tuple(read["cases"][0]) == self.CASE
        assert read["cases"][0]["due"] == "2019-03-06T10:00:00"
        assert read["cases"][0]["value"] == 1.5

    DUE = (
        "extract",
        "within",
        "last_day",
        "overdue",
        "filter",
        "indicators",
        "unavailable",
        "unavailable_breakdowns",
        "cautions",
        "unjudged",
        "cases",
    )

    def test_due(self) -> None:
        read = self.read("due")
        assert read["schema"] == "sgkpi.due/1"
        assert tuple(read) == (*self.HEAD, *self.DUE)
        assert read["last_day"] == "2019-03-07"
        assert read["unavailable"] == [{"indicator": "other", "reason": "North"}]
        assert tuple(read["cases"][0]) == ("day", "indicator", *self.CASE)

    def test_check(self) -> None:
        read = self.read("check")
        assert read["schema"] == "sgkpi.check/1"
        assert tuple(read) == (
            *self.HEAD, "period", "extract", "errors", "warnings", "notes", "tables", "findings"
        )  # fmt: skip
        assert list(read["tables"][0]) == ["table", "files", "rows", "first", "last", "months", "undeclared"]
        (finding,) = read["findings"]
        assert list(finding) == [
            "severity", "code", "table", "columns", "detail", "count", "message", "waived", "rows", "concerned",
            "indicators",
        ]  # fmt: skip
        assert finding["rows"] == [{"file": "North.csv", "count": 1, "rows": [12], "values": ["North"]}]
        # One of 487 cases is unknown: 384 or 385 of them.
        assert finding["indicators"] == [
            {
                "indicator": "contacts_decided_24h",
                "period": "2019-02",
                "value": 384 / 486,
                "lowest": 384 / 487,
                "highest": 385 / 487,
                "cases": {"unknown": 1},
                "unplaced": 0,
            }
        ]

    def test_list(self) -> None:
        (read,) = self.read("list")
        assert list(read) == ["id", "title", "theme", "measure", "by", "paragraphs", "points", "available", "reason"]
        assert (read["by"], read["available"]) == ([], False)

    def test_lint(self) -> None:
        read = self.read("lint")
        assert read["schema"] == "sgkpi.lint/1"
        assert list(read) == ["schema", "indicators", "examples", "problems"]
        assert read["problems"] == [
            {"path": "a.yaml", "line": 1234, "severity": "error", "message": "North", "code": "code", "detail": None}
        ]

    def test_boundaries(self) -> None:
        read = self.read("boundaries")
        assert read["schema"] == "sgkpi.boundaries/1"
        assert list(read) == ["schema", "indicators"]
        assert list(read["indicators"][0]) == ["indicator", "title", "clock", "why_none", "cases"]
        assert read["indicators"][0]["cases"] == [
            {
                "situation": "North",
                "start": "2019-02-05T10:00:00",
                "stop": None,
                "due": "2019-02-06",
                "as_of": "2019-03-04T07:00",
                "reference_day": None,
                "outcome": "overdue",
                "reason": None,
                "note": "North",
            }
        ]

    def test_show(self) -> None:
        read = self.read("show")
        assert read["schema"] == "sgkpi.show/1"
        assert tuple(read) == (
            *self.HEAD, "extract", "unavailable_breakdowns", "cautions", "indicator", "figure", "previous_month",
            "same_month_last_year", "year_to_date", "to_other_ratings", "months", "breakdowns", "open", "reasons",
            "unplaced", "benchmarks", "movements",
        )  # fmt: skip
        assert list(read["indicator"]) == [
            "id", "title", "question", "theme", "meaning", "answers", "basis", "owner", "review_by", "sha256"
        ]  # fmt: skip
        assert list(read["breakdowns"][0]) == ["breakdown", "figures"]
        assert read["unplaced"] == {"blank": 0, "unreadable": 0}

    def test_what_a_figure_is_compared_with(self) -> None:
        january = proportion(month("2019-01"), 355, 480)
        england = Benchmark("contacts_decided_24h", "England", january.period, Decimal("0.7"), "DfE")
        shown = make_overview(
            results(january, proportion(FEBRUARY, 384, 486), indicators=(DECIDED,)), Month(2019, 2), []
        )
        shown = replace(shown, benchmarks=(BesideBenchmark(england, january),))
        read = json.loads(str(write_records(show_records(shown), Format.JSON)))
        assert list(read["previous_month"]) == [
            "change", "difference_lower", "difference_upper", "comparison", "figure",
        ]  # fmt: skip
        assert [list(each) for each in read["benchmarks"]] == [[
            "area", "period_kind", "period", "value", "source", "differs", "note", "own_value", "interval_lower",
            "interval_upper", "comparison",
        ]]  # fmt: skip
        (sheet,) = show_records(shown).further
        assert [column.name for column in sheet.columns] == list(read["benchmarks"][0])
        assert write_records(show_records(shown), Format.EXCEL)

    def test_funnel(self) -> None:
        read = self.read("funnel")
        assert read["schema"] == "sgkpi.funnel/1"
        assert tuple(read) == (
            *self.HEAD, "extract", "unavailable_breakdowns", "cautions", "indicator", "settled", "expected_beyond",
            "funnel",
        )  # fmt: skip
        assert tuple(read["funnel"][0]) == (
            "indicator", "period_kind", "period", "breakdown", "category", "met", "judged", "value", "pooled",
            "lower95", "upper95", "lower998", "upper998", "flag",
        )  # fmt: skip

    def test_board(self) -> None:
        read = self.read("board")
        assert read["schema"] == "sgkpi.board/1"
        assert tuple(read) == (
            *self.HEAD, "extract", "board", "month", "commentary", "definitions", "unavailable",
            "unavailable_breakdowns", "cautions", "actions", "points",
        )  # fmt: skip
        assert list(read["board"]) == ["name", "title", "since", "sha256"]
        (point,) = read["points"]
        shown = (
            "at_inspection", "now", "status", "rating", "rating_firm", "direction", "direction_month", "no_direction",
            "months_in_target", "months_rated",
        )  # fmt: skip
        assert tuple(point) == (
            "point", "words", "paragraphs", "indicators", "supporting", "evidence", "shown", *shown,
            "assessed", "assessed_month", "next", "who", "when", "was_due", "next_month", "figures",
        )  # fmt: skip
        (figure,) = point["figures"]
        assert tuple(figure) == ("indicator", "title", "role", "measure", "unit", *shown, "unavailable")

    DIFF = ("schema", "sgkpi", "before", "after", "path")

    def test_diff(self) -> None:
        read = self.read("diff")
        assert read["schema"] == "sgkpi.diff/1"
        assert tuple(read) == (*self.DIFF, "lines")
        assert list(read["before"]) == ["snapshot", "id", "as_of"]
        total, moved = read["lines"][:2]
        assert list(moved) == [
            "indicator", "title", "measure", "period_kind", "period", "breakdown", "category", "line", "step", "cause",
            "cases", "in_scope", "met", "not_met", "overdue", "counted", "not_due", "unknown", "excluded", "numerator",
            "denominator", "value", "exact", "columns", "attribution", "comparison",
        ]  # fmt: skip
        assert (total["line"], total["exact"]) == ("opening", "1/2")
        assert (moved["line"], moved["cause"], moved["columns"]) == ("movement", "corrected", "North 1")
        assert tuple(self.read("diff --cases")) == (*self.DIFF, "cases", "lines")

    def test_snapshot(self) -> None:
        read = self.read("snapshot")
        assert tuple(read) == (*self.DIFF, "snapshot", "id", "checks", "lines")
        assert read["checks"] == [{"gate": "restated", "status": "failed", "detail": "North"}]

    def test_verify(self) -> None:
        read = self.read("verify")
        assert read["schema"] == "sgkpi.verification/1"
        assert tuple(read) == (
            *self.HEAD, "engines", "agrees", "indicators", "unavailable", "unavailable_breakdowns", "cautions",
            "different", "differences",
        )  # fmt: skip
        assert read["indicators"] == [
            {"indicator": "contacts_decided_24h", "figures": 1, "figures_agreeing": 1, "cases": 1, "cases_agreeing": 0}
        ]
        assert read["differences"] == [
            {
                "indicator": "contacts_decided_24h",
                "period_kind": "month",
                "period": "2019-02",
                "breakdown": None,
                "category": None,
                "key": ["North", "2"],
                "says": {"one": {"reason": "North"}, "two": {"reason": None}},
            }
        ]

    def test_why(self) -> None:
        read = self.read("why")
        assert read["schema"] == "sgkpi.why/1"
        assert tuple(read) == (
            *self.HEAD, "indicator", "key", "period", "reference_day", "person", "outcome", "reason", "start", "stop",
            "due", "value", "breakdowns", "rows", "steps",
        )  # fmt: skip
        assert read["breakdowns"] == {"team": "North", "reason": "North"}
        assert read["steps"] == [{"question": "North", "answer": "North"}]


def test_an_item_of_a_long_list_stands_on_a_line() -> None:
    text = str(write_records(SUBJECTS["cases"][1]("North", "South"), Format.JSON))
    assert [line[:16] for line in text.splitlines() if line.startswith("  ")] == [
        '  {"key": "North',
        '  {"key": "South',
    ]


def test_columns_of_cases_have_types() -> None:
    schema = pq.read_schema(BytesIO(write_records(SUBJECTS["due"][1]("North"), Format.PARQUET)))  # type: ignore[arg-type]
    found = {name: str(schema.field(name).type) for name in ("day", "start", "due", "value", "team")}
    assert found == {
        "day": "date32[day]", "start": "timestamp[us]", "due": "timestamp[us]", "value": "double", "team": "string"
    }  # fmt: skip


def test_verify_lists_what_differs_on_a_sheet_of_its_own() -> None:
    book = openpyxl.load_workbook(BytesIO(write_records(SUBJECTS["verify"][1]("North"), Format.EXCEL)))  # type: ignore[arg-type]
    header, row = ([cell.value for cell in each] for each in book["differences"].iter_rows())
    assert dict(zip(header, row, strict=True)) == {
        "indicator": "contacts_decided_24h", "period_kind": "month", "period": "2019-02", "breakdown": None,
        "category": None, "key": "North:2", "column": "reason", "one": "North", "two": None,
    }  # fmt: skip
