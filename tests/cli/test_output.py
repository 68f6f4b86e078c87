"""Where data goes: the format that is chosen, and files that are written whole or not at all."""

import io
import os
import stat
from pathlib import Path

import pytest

from sgkpi.cli.output import Output, choose_output, write_file
from sgkpi.documents.write.formats import Format
from sgkpi.model.errors import UsageError


def choose(
    format_name: str | None = None, path: Path | None = None, *, json: bool = False, csv: bool = False
) -> Output:
    format_ = Format(format_name) if format_name else None
    return choose_output("compute", format_, path, json=json, csv=csv, plain=False)


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
            ("f.XLSX", Format.EXCEL),
            ("f.txt", Format.TABLE),
        ],
    )
    def test_the_ending_gives_the_format(self, tmp_path: Path, name: str, format_: Format) -> None:
        assert choose(path=tmp_path / name).format is format_

    def test_an_unknown_ending_is_refused_unless_the_format_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"use one of \.txt, \.json, \.csv, \.md, \.parquet, \.xlsx"):
            choose(path=tmp_path / "figures.doc")
        assert choose("csv", tmp_path / "figures.data").format is Format.CSV

    def test_a_format_that_a_command_does_not_write_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"use one of \.txt, \.json, \.csv, \.md, \.xlsx"):
            choose_output("list", None, tmp_path / "list.parquet", plain=False)

    def test_two_formats_are_refused(self) -> None:
        with pytest.raises(UsageError, match="choose one format: json or csv"):
            choose(json=True, csv=True)
        with pytest.raises(UsageError, match="md or json"):
            choose("md", json=True)

    def test_the_same_format_twice_is_no_fault(self) -> None:
        assert choose("json", json=True).format is Format.JSON

    @pytest.mark.parametrize(
        ("asked", "name", "said"),
        [
            ("csv", "a.json", "the file is named as json, but the format is csv"),
            ("json", "a.CSV", "the file is named as csv, but the format is json"),
            ("md", "a.parquet", "the file is named as parquet, but the format is md"),
            ("table", "a.md", "the file is named as md, but the format is table"),
            ("parquet", "a.txt", "the file is named as table, but the format is parquet"),
        ],
    )
    def test_a_file_named_as_another_format_is_refused(self, tmp_path: Path, asked: str, name: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            choose(asked, tmp_path / name)

    def test_the_short_flags_contradict_an_ending_as_well(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="the file is named as json"):
            choose(path=tmp_path / "a.json", csv=True)

    @pytest.mark.parametrize("asked", ["table", "json", "csv", "md"])
    def test_txt_may_hold_any_text(self, tmp_path: Path, asked: str) -> None:
        assert choose(asked, tmp_path / "a.txt").format is Format(asked)

    def test_a_format_and_its_own_ending_agree(self, tmp_path: Path) -> None:
        assert choose(path=tmp_path / "a.json", json=True).format is Format.JSON


class Tty(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("asked", "ending"), [("parquet", ".parquet"), ("xlsx", ".xlsx")])
def test_bytes_are_not_for_a_terminal(asked: str, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Tty(io.BytesIO(), encoding="utf-8"))
    with pytest.raises(UsageError, match=rf"cannot be shown on a terminal; name a file, as -o file\{ending}"):
        choose(asked)
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert choose(asked).format is Format(asked)


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

    def test_what_is_replaced_keeps_its_mode(self, tmp_path: Path) -> None:
        target = tmp_path / "cases.csv"
        for mode in (0o600, 0o640):
            target.touch()
            target.chmod(mode)
            write_file(target, b"after")
            assert stat.S_IMODE(target.stat().st_mode) == mode

    @pytest.mark.parametrize(("command", "others"), [("cases", 0), ("due", 0), ("why", 0), ("compute", 0o044)])
    def test_identifiers_are_written_for_their_owner_alone(self, tmp_path: Path, command: str, others: int) -> None:
        before = os.umask(0o022)
        try:
            choose_output(command, None, tmp_path / "x.json", plain=False).write("{}")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "x.json").stat().st_mode) & 0o077 == others

    @pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
    def test_somebody_elses_link_in_a_shared_folder_is_not_followed(self, tmp_path: Path) -> None:
        target, link = tmp_path / "real.csv", tmp_path / "link.csv"
        target.write_text("before")
        link.symlink_to(target)
        os.chown(link, 12345, -1, follow_symlinks=False)
        tmp_path.chmod(0o777)
        with pytest.raises(UsageError, match="a link of another user"):
            choose(path=link).write("after")
        assert target.read_text() == "before"
