"""The written forms of figures: the contract of their columns, keys and bytes."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO

import pyarrow as pa
import pyarrow.parquet as pq

import sgkpi
from sgkpi.documents.document import TableBlock, TableColumn
from sgkpi.documents.figures import figure_records, figure_table
from sgkpi.documents.records import RecordColumn, Records, RecordTable
from sgkpi.documents.write.csv import write_csv
from sgkpi.documents.write.json import write_json
from sgkpi.documents.write.markdown import escape, write_markdown
from sgkpi.documents.write.parquet import write_parquet
from sgkpi.figures.columns import FIGURE_COLUMNS
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, period_for
from tests.support.results import AS_OF, count, month, not_covered, proportion, results, story

FEBRUARY = month("2019-02")
DECIDED = proportion(FEBRUARY, 384, 486)
COLUMNS = (
    "indicator,title,measure,period_kind,period,period_start,period_end,breakdown,category,status,value,numerator,"
    "denominator,met,not_met,overdue,counted,not_due,unknown,excluded,lowest,highest,target_green,target_amber,"
    "improvement,rating,rating_firm,as_of,settled,interval_lower,interval_upper,persons,unit"
)


def render_json(figures: FigureSet) -> str:
    return write_json(figure_records(figures))


def render_csv(figures: Sequence[Figure]) -> str:
    return write_csv(figure_table(figures))


def render_markdown(figures: FigureSet) -> str:
    return write_markdown(figure_records(figures))


def render_parquet(figures: FigureSet) -> bytes:
    return write_parquet(figure_records(figures))


def test_the_columns_are_those_that_scripts_rely_on() -> None:
    assert ",".join(each.name for each in FIGURE_COLUMNS) == COLUMNS


class TestJson:
    def test_keys_and_their_order(self) -> None:
        read = json.loads(render_json(story()))
        assert list(read) == [
            "schema", "sgkpi", "as_of", "as_of_source", "extract", "definitions", "unavailable",
            "unavailable_breakdowns", "cautions", "tables", "holidays", "unplaced", "reasons", "figures",
            "signals",
        ]  # fmt: skip
        assert read["schema"] == "sgkpi.figures/1"
        assert read["sgkpi"] == sgkpi.__version__
        assert read["as_of"] == "2019-03-04T07:00:00"
        assert read["as_of_source"] == "extract.toml"
        assert list(read["figures"][0]) == COLUMNS.split(",")

    def test_provenance(self) -> None:
        read = json.loads(render_json(story()))
        table = {
            "table": "contacts",
            "files": ["contacts.csv"],
            "rows": 5312,
            "unreadable_cells": 3,
            "replaced_rows": 0,
        }
        assert read["extract"] == {"source": "Case management system, nightly", "tables": [table]}
        assert read["definitions"] == [
            {"indicator": "care_leavers_in_bnb", "sha256": "cd" * 32},
            {"indicator": "contacts_decided_24h", "sha256": "ab" * 32},
        ]
        reason = "needs missing_episodes: this extract has no such table"
        assert read["unavailable"] == [{"indicator": "rhi_offered", "reason": reason}]

    def test_every_computed_indicator_has_an_entry_in_unplaced(self) -> None:
        assert json.loads(render_json(story()))["unplaced"] == [
            {"indicator": "care_leavers_in_bnb", "blank": 0, "unreadable": 0},
            {"indicator": "contacts_decided_24h", "blank": 4, "unreadable": 1},
        ]

    def test_reasons(self) -> None:
        assert json.loads(render_json(story()))["reasons"] == [
            {
                "indicator": "contacts_decided_24h",
                "period_kind": "month",
                "period": "2019-02",
                "breakdown": None,
                "category": None,
                "outcome": "unknown",
                "reason": "no_time_of_day",
                "cases": 3,
            }
        ]

    def test_a_figure_in_full(self) -> None:
        (figure,) = json.loads(render_json(results(DECIDED)))["figures"]
        assert figure == {
            "indicator": "contacts_decided_24h",
            "title": "Contacts decided within 24 hours",
            "measure": "proportion",
            "period_kind": "month",
            "period": "2019-02",
            "period_start": "2019-02-01",
            "period_end": "2019-02-28",
            "breakdown": None,
            "category": None,
            "status": "complete",
            "value": 384 / 486,
            "numerator": 384,
            "denominator": 486,
            "met": 384,
            "not_met": 102,
            "overdue": 0,
            "counted": 0,
            "not_due": 0,
            "unknown": 0,
            "excluded": 0,
            "lowest": 384 / 486,
            "highest": 384 / 486,
            "target_green": 0.9,
            "target_amber": 0.8,
            "improvement": "increase",
            "rating": "RED",
            "rating_firm": True,
            "as_of": "2019-03-04T07:00:00",
            "settled": True,
            "interval_lower": 0.125,
            "interval_upper": 0.875,
            "persons": 486,
            "unit": None,
        }

    def test_an_empty_result_has_empty_lists(self) -> None:
        empty = json.loads(render_json(results(tables=(), indicators=())))
        assert empty["figures"] == empty["reasons"] == empty["unplaced"] == empty["definitions"] == []
        assert empty["extract"]["tables"] == []

    def test_letters_stand_as_they_are_and_the_text_ends_with_a_newline(self) -> None:
        text = render_json(results(replace(DECIDED, breakdown="team", category="Zoë’s team")))
        assert "Zoë’s team" in text
        assert text.endswith("}\n")

    def test_the_same_results_give_the_same_text(self) -> None:
        assert render_json(story()) == render_json(story())

    def test_results_give_it_to_a_notebook(self) -> None:
        assert story().to_json() == render_json(story())


class TestCsv:
    def test_a_figure_in_full(self) -> None:
        lines = render_csv([DECIDED]).split("\n")
        assert lines[0] == COLUMNS
        assert lines[1] == (
            "contacts_decided_24h,Contacts decided within 24 hours,proportion,month,2019-02,2019-02-01,2019-02-28,,,"
            "complete,0.7901234567901234,384,486,384,102,0,0,0,0,0,0.7901234567901234,0.7901234567901234,0.9,0.8,"
            "increase,RED,true,2019-03-04T07:00:00,true,0.125,0.875,486,"
        )
        assert lines[2:] == [""]

    def test_no_figures_leave_the_header(self) -> None:
        assert render_csv([]) == COLUMNS + "\n"

    def test_null_is_empty_and_never_zero(self) -> None:
        (row,) = csv.DictReader(StringIO(render_csv([not_covered(FEBRUARY)])))
        assert row["status"] == "not_covered"
        assert row["value"] == row["met"] == row["unknown"] == row["lowest"] == row["rating_firm"] == ""
        assert row["target_green"] == "0.9"

    def test_whole_numbers_have_no_point(self) -> None:
        (row,) = csv.DictReader(StringIO(render_csv([count(FEBRUARY, 4)])))
        assert (row["value"], row["numerator"], row["denominator"]) == ("4", "4", "")

    def test_commas_quotes_and_lines_in_a_category_read_back(self) -> None:
        odd = 'North, "East"\nand West'
        (row,) = csv.DictReader(StringIO(render_csv([replace(DECIDED, breakdown="team", category=odd)])))
        assert row["category"] == odd

    def test_false_and_a_double_at_its_shortest(self) -> None:
        table = RecordTable("t", (RecordColumn("a"), RecordColumn("b")), ({"a": False, "b": 0.1},))
        assert write_csv(table) == "a,b\nfalse,0.1\n"


class TestParquet:
    def test_types(self) -> None:
        table = pq.read_table(BytesIO(render_parquet(story())))
        assert table.column_names == COLUMNS.split(",")
        whole = {"met", "not_met", "overdue", "counted", "not_due", "unknown", "excluded"}
        double = {"value", "numerator", "denominator", "lowest", "highest", "target_green", "target_amber"}
        for field in table.schema:
            if field.name in whole:
                assert field.type == pa.int64(), field.name
            elif field.name in double:
                assert field.type == pa.float64(), field.name
            elif field.name in {"period_start", "period_end"}:
                assert field.type == pa.date32(), field.name
        assert table.schema.field("rating_firm").type == pa.bool_()
        assert table.schema.field("as_of").type == pa.timestamp("us")
        assert table.schema.field("title").type == pa.string()

    def test_a_row(self) -> None:
        (row,) = pq.read_table(BytesIO(render_parquet(results(DECIDED)))).to_pylist()
        assert row["value"] == 384 / 486
        assert row["period_end"] == date(2019, 2, 28)
        assert row["as_of"] == AS_OF
        assert row["breakdown"] is None

    def test_an_empty_result_has_its_columns(self) -> None:
        table = pq.read_table(BytesIO(render_parquet(results())))
        assert table.num_rows == 0
        assert table.column_names == COLUMNS.split(",")

    def test_the_same_results_give_the_same_bytes(self) -> None:
        assert render_parquet(story()) == render_parquet(story())

    def test_results_give_it_to_a_notebook(self) -> None:
        assert story().to_arrow().num_rows == len(story().figures)


class TestMarkdown:
    def test_a_table_for_people(self) -> None:
        lines = render_markdown(results(DECIDED)).splitlines()
        assert lines[0] == (
            "| Indicator | Period | By | Category | Value | Numerator | Denominator | Target | Rating | Status "
            "| Not due | Unknown |"
        )
        assert lines[2] == (
            "| Contacts decided within 24 hours | 2019-02 |  |  | 79.0% | 384 | 486 | 90% | RED | complete | 0 | 0 |"
        )
        assert lines[4] == "As of 2019-03-04 07:00 (extract.toml). Source: Case management system, nightly."

    def test_what_cannot_be_computed_is_said(self) -> None:
        assert r"- Cannot be computed: rhi\_offered: needs missing\_episodes" in render_markdown(story())

    def test_text_is_shown_as_it_stands(self) -> None:
        assert escape("a_b & ~c~ \x1b[31m") == r"a\_b \& \~c\~ \[31m"
        assert (
            escape("https://x.example www.x.example a@b.example") == r"https\://x.example www\.x.example a\@b.example"
        )

    def test_text_cannot_break_the_table(self) -> None:
        records = Records(
            RecordTable("t", (), ()), json=dict, text=lambda: [TableBlock((TableColumn("A", ("x|y\nz *b* <i>",)),))]
        )
        assert write_markdown(records) == "| A |\n| --- |\n| x\\|y z \\*b\\* \\<i> |\n"


def test_exact_values_become_the_nearest_double() -> None:
    third = replace(DECIDED, value=Fraction(1, 3), measure=Measure.MEAN, target_green=Decimal("0.1"))
    (figure,) = json.loads(render_json(results(third)))["figures"]
    assert figure["value"] == 1 / 3
    assert figure["target_green"] == 0.1


def test_every_kind_of_period_is_named() -> None:
    labels = {
        "month": "2019-02",
        "quarter": "2018-19 Q4",
        "financial_year": "2018-19",
        "year_to_date": "2018-19 to 2019-02",
        "rolling_12_months": "2018-03 to 2019-02",
    }
    for kind in PeriodKind:
        period = period_for(kind, Month(2019, 2))
        (row,) = csv.DictReader(StringIO(render_csv([replace(DECIDED, period=period)])))
        assert row["period"] == labels[row["period_kind"]]
