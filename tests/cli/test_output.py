"""Where data goes: the format that is chosen, and files that are written whole or not at all."""

from pathlib import Path

import pytest

from sgkpi.cli.output import TEXT_FORMATS, Format, Output, choose_output, write_file
from sgkpi.model.errors import UsageError


def choose(
    format_name: str | None = None, path: Path | None = None, *, json: bool = False, csv: bool = False
) -> Output:
    return choose_output(format_name, path, json=json, csv=csv)


class TestFormat:
    def test_a_table_unless_something_else_is_asked_for(self) -> None:
        assert choose() == Output(Format.TABLE)
        assert choose(json=True).format is Format.JSON
        assert choose(csv=True).format is Format.CSV
        assert choose("md").format is Format.MARKDOWN

    @pytest.mark.parametrize(
        ("name", "format_"),
        [
            ("f.json", Format.JSON),
            ("f.CSV", Format.CSV),
            ("f.md", Format.MARKDOWN),
            ("f.parquet", Format.PARQUET),
            ("f.txt", Format.TABLE),
        ],
    )
    def test_the_ending_gives_the_format(self, tmp_path: Path, name: str, format_: Format) -> None:
        assert choose(path=tmp_path / name).format is format_

    def test_an_unknown_ending_is_refused_unless_the_format_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"end it with one of \.json, \.csv, \.md, \.parquet, \.txt"):
            choose(path=tmp_path / "figures.xlsx")
        assert choose("csv", tmp_path / "figures.data").format is Format.CSV

    def test_a_format_that_a_command_does_not_write_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="its ending names no format here"):
            choose_output(None, tmp_path / "list.parquet", json=False, csv=False, allowed=TEXT_FORMATS)

    def test_two_formats_are_refused(self) -> None:
        with pytest.raises(UsageError, match="more than one format is asked for: json and csv"):
            choose(json=True, csv=True)
        with pytest.raises(UsageError, match="md and json"):
            choose("md", json=True)

    def test_the_same_format_twice_is_no_fault(self) -> None:
        assert choose("json", json=True).format is Format.JSON

    @pytest.mark.parametrize(
        ("asked", "name", "said"),
        [
            ("csv", "a.json", "its ending means json, and csv is asked for"),
            ("json", "a.CSV", "its ending means csv, and json is asked for"),
            ("md", "a.parquet", "its ending means parquet, and md is asked for"),
            ("table", "a.md", "its ending means md, and table is asked for"),
            ("parquet", "a.txt", "its ending means table, and parquet is asked for"),
        ],
    )
    def test_a_file_named_as_another_format_is_refused(self, tmp_path: Path, asked: str, name: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            choose(asked, tmp_path / name)

    def test_the_short_flags_contradict_an_ending_as_well(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="its ending means json"):
            choose(path=tmp_path / "a.json", csv=True)

    @pytest.mark.parametrize("asked", ["table", "json", "csv", "md"])
    def test_txt_may_hold_any_text(self, tmp_path: Path, asked: str) -> None:
        assert choose(asked, tmp_path / "a.txt").format is Format(asked)

    def test_a_format_and_its_own_ending_agree(self, tmp_path: Path) -> None:
        assert choose(path=tmp_path / "a.json", json=True).format is Format.JSON


class TestFile:
    def test_a_missing_folder_is_said_before_anything_is_computed(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="there is no folder"):
            choose(path=tmp_path / "missing" / "f.csv")

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="this is a folder"):
            choose("csv", tmp_path)
        with pytest.raises(UsageError, match="this is a folder"):
            choose(path=tmp_path)

    def test_nothing_is_left_beside_it(self, tmp_path: Path) -> None:
        target = tmp_path / "f.csv"
        target.write_text("before")
        write_file(target, b"after")
        assert target.read_bytes() == b"after"
        assert list(tmp_path.iterdir()) == [target]

    def test_line_ends_and_letters_are_written_as_they_are(self, tmp_path: Path) -> None:
        choose(path=tmp_path / "f.csv").write("a\nZoë’s\n")
        assert (tmp_path / "f.csv").read_bytes() == "a\nZoë’s\n".encode()

    def test_a_link_is_followed(self, tmp_path: Path) -> None:
        target, link = tmp_path / "real.csv", tmp_path / "link.csv"
        target.write_text("before")
        link.symlink_to(target)
        write_file(link, b"after")
        assert link.is_symlink()
        assert target.read_bytes() == b"after"

    def test_a_failure_leaves_what_was_there(self, tmp_path: Path) -> None:
        target = tmp_path / "f.csv"
        target.write_text("before")
        with pytest.raises(TypeError):
            write_file(target, "text, not bytes")  # type: ignore[arg-type]
        assert target.read_text() == "before"
        assert list(tmp_path.iterdir()) == [target]
