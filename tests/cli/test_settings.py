"""`sgkpi.toml`: where it is looked for, and what is said when it is wrong."""

import os
from pathlib import Path

import pytest

from sgkpi.cli.settings import (
    KEYS,
    Settings,
    cases_path,
    catalogue_path,
    commentary_path,
    data_path,
    fail_on,
    find_settings,
    read_settings,
    snapshots_path,
)
from sgkpi.model.errors import UsageError


def write(folder: Path, text: str) -> Path:
    path = folder / "sgkpi.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'data = "extracts/latest"\ncatalogue = "indicators"\nsnapshots = "kept"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    expected = Settings(tmp_path / "extracts/latest", tmp_path / "indicators", tmp_path / "kept")
    assert find_settings(below) == expected


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    write(tmp_path, 'data = "far"\n')
    near = tmp_path / "near"
    near.mkdir()
    write(near, 'catalogue = "own"\n')
    assert find_settings(near) == Settings(catalogue=near / "own")


def test_an_absolute_path_stands(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, f"data = '{tmp_path / 'x'}'\n")).data == tmp_path / "x"


def test_every_mistake_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, 'dat = "x"\ncolour = "red"\ncatalogue = 3\nsnapshots = ""\n')
    with pytest.raises(UsageError) as raised:
        read_settings(path)
    assert [str(problem).removeprefix(f"{path}: ") for problem in raised.value.problems] == [
        "error: 'catalogue' must be the path of a folder in quotes, for example catalogue = \"folder\" [bad-value]",
        "error: 'snapshots' must be the path of a folder in quotes, for example snapshots = \"folder\" [bad-value]",
        f"error: unknown setting 'colour'; the settings are {', '.join(KEYS)} [unknown-key]",
        "error: unknown setting 'dat'; did you mean 'data'? [unknown-key]",
    ]


def test_what_is_no_toml_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"sgkpi\.toml:2 is not TOML: invalid value"):
        read_settings(write(tmp_path, 'data = "x"\ncatalogue = indicators\n'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            r'data = "C:\Users\me"',
            r"sgkpi.toml:1 is not TOML: invalid hex value; in double quotation marks \ begins an",
        ),
        (r'data = "C:\new\extract"', r"unescaped '\' in a string; in double quotation marks \ begins an escape"),
        (
            r'data = "C:\new\table"',
            r"error: 'data' has a control character in it: in double quotation marks \ begins an",
        ),
        ("data = extract", "sgkpi.toml:1 is not TOML: invalid value; put text in quotation marks"),
    ],
)
def test_what_people_of_windows_write_comes_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    """`\\U` wants the number of a character, `\\e` is no escape, and `\\n` and `\\t` are a line end and a tab."""
    with pytest.raises(UsageError) as raised:
        read_settings(write(tmp_path, text))
    assert said in str(raised.value)


def test_a_path_with_a_control_character_that_is_there_is_used(tmp_path: Path) -> None:
    (tmp_path / "odd\tname").mkdir()
    assert read_settings(write(tmp_path, r'data = "odd\tname"')).data == tmp_path / "odd\tname"


def test_what_is_not_utf_8_is_said(tmp_path: Path) -> None:
    (tmp_path / "sgkpi.toml").write_bytes(b'data = "Zo\xeb"\n')
    with pytest.raises(UsageError, match=r"sgkpi.toml is not encoded in UTF-8"):
        find_settings(tmp_path)


def test_a_home_that_nobody_has_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read_settings(write(tmp_path, 'data = "~nobody-of-this-name/x"\n'))
    assert "'data': cannot expand '~nobody-of-this-name'; give the full path" in str(raised.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(UsageError, match=r"folder cannot be read: "):
        read_settings(path)


class TestOrder:
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def test_an_option_wins_over_the_file(self, tmp_path: Path) -> None:
        write(tmp_path, 'data = "set"\ncatalogue = "set"\n')
        assert data_path(Path("asked")) == Path("asked")
        assert data_path(None) == tmp_path / "set"
        assert catalogue_path(Path("asked")) == Path("asked")
        assert catalogue_path(None) == tmp_path / "set"

    def test_without_a_setting_the_catalogue_is_the_one_that_comes_with_sgkpi(self) -> None:
        assert catalogue_path(None) is None

    def test_data_is_never_taken_from_the_sample_unasked(self) -> None:
        with pytest.raises(UsageError, match="--data DIR") as raised:
            data_path(None)
        assert "sgkpi init my-project --sample" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("data = " + "[" * 5000, "is not TOML: brackets are nested too deeply"),
        ("data = " + "9" * 5000, "is not TOML: a number or date is out of range"),
        ("data = 2019-02-30", "is not TOML"),
        (r'data = "a\u0000b"', "invalid settings"),
    ],
    ids=["deep", "long number", "no such day", "NUL"],
)
def test_toml_that_no_person_writes_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        read_settings(write(tmp_path, text))


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
def test_somebody_elses_settings_are_named_and_not_used(tmp_path: Path) -> None:
    os.chown(write(tmp_path, 'data = "planted"\n'), 12345, -1)
    with pytest.raises(UsageError, match="belongs to another user, so it is not used; name the extract"):
        find_settings(tmp_path)


def test_the_search_ends_at_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'data = "above"\n')
    below = tmp_path / "home" / "project"
    below.mkdir(parents=True)
    assert find_settings(below).data == tmp_path / "above"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert find_settings(below) == Settings()


class TestSnapshots:
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def test_cases_lie_beside_the_store_unless_a_folder_is_named(self, tmp_path: Path) -> None:
        assert cases_path(None, Path("kept")) == Path("kept.private")
        write(tmp_path, 'snapshots = "kept"\nsnapshot_cases = "sealed"\n')
        assert snapshots_path(None) == tmp_path / "kept"
        assert cases_path(None, Path("kept")) == tmp_path / "sealed"
        assert snapshots_path(Path("asked")) == Path("asked")
        assert cases_path(Path("asked"), Path("kept")) == Path("asked")

    def test_no_cases_are_kept_where_that_is_said(self, tmp_path: Path) -> None:
        assert cases_path(Path("off"), Path("kept")) is None
        assert cases_path(Path("asked"), Path("kept"), off=True) is None
        write(tmp_path, "snapshot_cases = false\n")
        assert cases_path(None, Path("kept")) is None
        assert cases_path(Path("asked"), Path("kept")) == Path("asked")

    def test_gates_are_those_of_the_option_or_of_the_file(self, tmp_path: Path) -> None:
        assert fail_on(()) == ()
        write(tmp_path, 'snapshot_fail_on = ["keys_changed", "lost"]\n')
        assert fail_on(()) == ("keys_changed", "lost")
        assert fail_on(["program"]) == ("program",)

    def test_without_a_setting_there_is_no_store(self) -> None:
        assert snapshots_path(None) is None

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "snapshot_cases = true",
                'must be the path of a folder in quotes, for example snapshot_cases = "folder", or false',
            ),
            ("snapshots = false", "'snapshots' must be the path of a folder in quotes, for example"),
            ('snapshot_fail_on = "lost"', "'snapshot_fail_on' must be a list of gates, for example"),
            ("snapshot_fail_on = [1]", "'snapshot_fail_on' must be a list of gates, for example"),
            ('snapshot_fail_on = ["lots"]', "'snapshot_fail_on': no gate 'lots'; did you mean 'lost'?"),
            ('snapshot_fail_on = ["xyz"]', "'snapshot_fail_on': no gate 'xyz'; the gates are no_previous, restated"),
        ],
    )
    def test_a_mistake_is_named(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(UsageError) as raised:
            read_settings(write(tmp_path, text))
        assert said in str(raised.value)


def test_commentary_and_the_board_of_reports(tmp_path: Path) -> None:
    written = write(tmp_path, 'commentary = "said"\n[report]\nboard = "boards/one.yaml"\n')
    assert read_settings(written) == Settings(commentary=tmp_path / "said", report_board=tmp_path / "boards/one.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[report]\nbord = 'x'\n", "unknown setting 'bord' in [report]; did you mean 'board'? [unknown-key]"),
        (
            "[report]\nlogo = 'x'\n",
            "unknown setting 'logo' in [report]; the settings there are authority, marking, board",
        ),
        ("[report]\nmarking = 7\n", "'marking' in [report] must be a line of text in quotes [bad-value]"),
        ("[report]\nauthority = ' '\n", "'authority' in [report] must be a line of text in quotes [bad-value]"),
        ("[report]\nboard = 3\n", "'board' must be the path of a file in quotes, for example board = \"board.yaml\""),
        ("report = 'x'\n", "'report' must be a table: write [report] on a line of its own, and its settings below it"),
        (
            "commentary = 1\n",
            "'commentary' must be the path of a folder in quotes, for example commentary = \"folder\"",
        ),
    ],
)
def test_mistakes_in_the_settings_of_reports(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read_settings(write(tmp_path, text))
    (problem,) = raised.value.problems
    assert said in str(problem)


@pytest.mark.parametrize("catalogue", ["indicators", ".", "indicators/../indicators", "indicators/tables/.."])
def test_commentary_lies_beside_the_catalogue(catalogue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "indicators" / "tables").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "indicators" if catalogue == "." else tmp_path)
    assert commentary_path(None, Path(catalogue)) is None
    (tmp_path / "commentary").mkdir()
    found = commentary_path(None, Path(catalogue))
    assert found is not None
    assert found.samefile(tmp_path / "commentary")
    assert commentary_path(Path("elsewhere"), Path(catalogue)) == Path("elsewhere")
