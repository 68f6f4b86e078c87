"""The smaller parts of the command line."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from sgkpi.answers.list import IndicatorList
from sgkpi.cli.commands.synth import _may_be_written
from sgkpi.cli.progress import _Bar, progress_bar
from sgkpi.cli.streams import say_error, this_terminal
from sgkpi.documents.document import Document, Paragraph
from sgkpi.documents.list import list_document
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.text import printable
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError, ExtractError, UsageError
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown
from sgkpi.model.problems import Problem
from sgkpi.model.words import plural
from sgkpi.planning.availability import Availability
from tests.support.results import DECIDED, PLACED
from tests.support.screens import shown

CATALOGUE = Catalogue(Path("indicators"), {}, {PLACED.id: PLACED, DECIDED.id: DECIDED})


class TestBeginnings:
    def test_a_unique_beginning_will_do(self) -> None:
        assert CATALOGUE.complete("con") == "contacts_decided_24h"
        assert CATALOGUE.complete("care_leavers_in_bnb") == "care_leavers_in_bnb"

    def test_a_beginning_of_several_names_them(self) -> None:
        with pytest.raises(DefinitionsError, match="several indicators: care_leavers_in_bnb, contacts_decided_24h"):
            CATALOGUE.complete("c")

    @pytest.mark.parametrize("text", ["", " "])
    def test_every_id_begins_with_nothing(self, text: str) -> None:
        with pytest.raises(UsageError, match="ID: this is empty; `sgkpi list` shows the indicators"):
            CATALOGUE.complete(text)

    def test_an_unknown_one_names_the_nearest(self) -> None:
        with pytest.raises(DefinitionsError, match="did you mean 'contacts_decided_24h'"):
            CATALOGUE.complete("contact_decided_24h")


class TestMessages:
    def test_an_error_comes_with_all_its_problems(self, capsys: pytest.CaptureFixture[str]) -> None:
        problems = [Problem("b.csv", "too short", "short", row=3), Problem("a.csv", "is empty", "empty")]
        say_error(ExtractError("cannot be read", problems))
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.splitlines() == [
            "error: cannot be read",
            "a.csv: error: is empty [empty]",
            "b.csv:row 3: error: too short [short]",
        ]

    def test_plural(self) -> None:
        assert plural(1, "row") == "1 row"
        assert plural(1200, "row") == "1,200 rows"
        assert plural(2, "entry", "entries") == "2 entries"


class TestProgress:
    def test_there_is_none_where_stderr_is_no_terminal(self, capsys: pytest.CaptureFixture[str]) -> None:
        with progress_bar("Reading") as progress:
            assert progress is None
        assert capsys.readouterr().err == ""

    @pytest.mark.parametrize("name", ["NO_COLOR", "SGKPI_PLAIN"])
    def test_there_is_none_where_control_codes_are_not_wanted(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sgkpi.cli.progress.is_terminal", lambda _: True)
        monkeypatch.setenv(name, "1")
        with progress_bar("Reading") as progress:
            assert progress is None

    def test_a_moment_passes_before_it_appears(self, capsys: pytest.CaptureFixture[str]) -> None:
        bar = _Bar("Reading")
        bar.advance(50)
        bar.close()
        assert capsys.readouterr().err == ""
        assert bar.progress is None

    def test_it_moves_until_it_is_told_how_much_is_done_and_is_gone_at_the_end(self) -> None:
        bar = _Bar("Reading")
        bar.timer.join()
        assert bar.progress is not None
        assert bar.progress.tasks[0].total is None
        bar.advance(50)
        assert bar.progress.tasks[0].percentage == 50
        bar.close()
        assert bar.progress.live.is_started is False


class TestText:
    def test_items_are_set_in_and_paragraphs_kept(self) -> None:
        lines = ("One two three four five", "", "- six seven eight nine ten eleven")
        assert shown(Document((Paragraph(lines),)), 20).splitlines() == [
            "One two three four",
            "five",
            "",
            "- six seven eight",
            "  nine ten eleven",
        ]

    def test_without_a_width_it_stands_as_it_is(self) -> None:
        line = ("x " * 300).strip()
        assert shown(Document((Paragraph((line,)),))) == f"{line}\n"


def listed(*indicators: tuple[str, str, str], by: tuple[str, ...] = ()) -> IndicatorList:
    """Counts by id, title and theme."""
    breakdowns = tuple(Breakdown(name, ColumnRef(name, Kind.TEXT)) for name in by)
    return IndicatorList(
        tuple(
            Availability(replace(PLACED, id=id_, title=title, theme=theme, by=breakdowns), available=False)
            for id_, title, theme in indicators
        )
    )


class TestList:
    def test_a_line_for_each(self) -> None:
        lines = shown(list_document(listed(("an_id", "A title", "a_b"), by=("team",))), unicode=False).splitlines()
        assert lines[0].split() == ["Title", "Id", "Measure", "Target", "By"]
        assert lines[2].split() == ["A", "b"]
        assert lines[3].split() == ["A", "title", "an_id", "count", "team"]

    def test_forty_stand_under_their_themes(self) -> None:
        themes = ("care_leavers", "", "help")
        forty = listed(*((f"id_{n}", f"Title {n}", themes[n % 3]) for n in range(40)))
        lines = shown(list_document(forty), 80, unicode=False).splitlines()
        # A header, a rule and 40 lines under three headings, two of them below an empty line
        assert len(lines) == 2 + 40 + 3 + 2
        heads = [lines.index(name) for name in ("Care leavers", "Help", "Other")]
        assert heads == [2, 2 + 1 + 14 + 1, 2 + 1 + 14 + 2 + 13 + 1]
        assert [line.split()[-2] for line in lines[3:6]] == ["id_0", "id_3", "id_6"]

    def test_what_has_no_room_is_named(self) -> None:
        title = "Care leavers whose pathway plan was reviewed in the last six months"
        one = listed(("an_id", title, "a_b"), by=("team", "source", "ethnicity"))
        # Title at least 22, gap 2, Id 5, gap 2, Measure 7, gap 2: 40. By (23) has no room.
        lines = shown(list_document(one), 40).splitlines()
        assert lines[0].split() == ["Title", "Id", "Measure"]
        assert lines[-1] == "Hidden for lack of width: Target, By"

    def test_none_leave_the_header(self) -> None:
        assert shown(list_document(listed()), unicode=False).split()[:-1] == [
            "Title", "Id", "Measure", "Target", "By",
        ]  # fmt: skip


class TestSynth:
    def test_only_an_empty_folder_or_one_made_here_is_written_to(self, tmp_path: Path) -> None:
        assert _may_be_written(tmp_path)
        (tmp_path / "contacts.csv").write_text("x", encoding="utf-8")
        assert not _may_be_written(tmp_path)
        (tmp_path / "extract.toml").write_text('source = "Case system"', encoding="utf-8")
        assert not _may_be_written(tmp_path)
        (tmp_path / "extract.toml").write_text('source = "Synthetic: sgkpi synth"', encoding="utf-8")
        assert _may_be_written(tmp_path)
        assert not _may_be_written(tmp_path / "contacts.csv")


class TestTerminal:
    def test_a_pipe_has_no_width_and_no_colour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
        assert this_terminal() == Terminal(None, colour=False, unicode=False)
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        assert this_terminal() == Terminal(None, colour=False, unicode=True)

    def test_a_file_carries_everything(self) -> None:
        assert this_terminal(to_file=True) == Terminal(None, colour=False, unicode=True)


def test_data_cannot_command_the_terminal() -> None:
    assert printable("\x1b[31mNorth\x07\nteam") == " [31mNorth  team"
    assert printable("Zoë’s team") == "Zoë’s team"
