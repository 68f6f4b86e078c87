"""Every path is a path, what is not read is named, and nothing but a regular file is opened."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.model.errors import ExtractError
from sgkpi.model.periods import Month
from tests.extracts.support import HEADER, ROW, open_files, said, write_files
from tests.support.catalogue import shipped
from tests.support.workbooks import write_workbook

CATALOGUE = shipped()
TEXT = "contact_id,person_id,received_at,decided_at,source,outcome,team\nC1,P1,2019-02-04 09:00,,police,,{}\n"
ENGINES = ["duckdb", "reference"]


def counted(folder: Path, engine: str = "duckdb") -> tuple[int, list[str]]:
    """The rows of contacts, and the teams of the figure of February 2019."""
    extract = api.open_extract(folder, CATALOGUE)
    asked = {"months": [Month(2019, 2)], "by": ["team"], "engine": engine, "indicators": ["contacts_decided_24h"]}
    results = api.compute(extract, CATALOGUE, **asked)
    (table,) = results.tables
    return table.rows, [each.category for each in results.figures if each.breakdown == "team" and each.category]


def as_parquet(path: Path, team: str) -> None:
    names = TEXT.splitlines()[0].split(",")
    row = TEXT.splitlines()[1].format(team).split(",")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # pyarrow takes no names of other bytes
        pq.write_table(pa.table({name: [cell or None] for name, cell in zip(names, row, strict=True)}), file)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("form", ["csv", "parquet", "part"])
@pytest.mark.parametrize(
    ("name", "sibling"),
    [("ex*t", "exact"), ("ex?t", "exit"), ("ex[ai]t", "exit"), ("{a,b}", "a"), ("team=x", "y"), ("it's", "y"),
     ('"q"', "y"), ("a]b", "y"), ("a#b%20c", "y")],
)  # fmt: skip
def test_every_path_is_a_path(tmp_path: Path, name: str, sibling: str, form: str, engine: str) -> None:
    for folder, team in ((tmp_path / name, "Own"), (tmp_path / sibling, "Other")):
        match form:
            case "csv":
                write_files(folder, {"contacts.csv": TEXT.format(team)})
            case "parquet":
                as_parquet(folder / "contacts.parquet", team)
            case _:
                write_files(folder, {f"contacts/{name}.csv": TEXT.format(team)})
    assert counted(tmp_path / name, engine) == (1, ["Own"])


@pytest.mark.skipif(os.name == "nt", reason="no such names on Windows")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["~", "~data", "http:", "s3:"])
def test_a_path_from_here_is_neither_the_home_folder_nor_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, engine: str
) -> None:
    home = write_files(
        tmp_path / "home", {"contacts.csv": TEXT.format("Other"), "p/contacts.csv": TEXT.format("Other")}
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    write_files(Path(name), {"contacts.csv": TEXT.format("Own")})
    assert counted(Path(name), engine) == (1, ["Own"])
    as_parquet(Path(name) / "p" / "contacts.parquet", "Own")
    assert counted(Path(name) / "p", engine) == (1, ["Own"])


@pytest.mark.skipif(os.name == "nt", reason="names are always Unicode on Windows")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_name_may_be_any_bytes(tmp_path: Path, engine: str) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/M\xf4n"))
    write_files(folder, {f"contacts/{os.fsdecode(bytes([0xF4]))}.csv": TEXT.format("Own")})
    assert counted(folder, engine) == (1, ["Own"])
    as_parquet(folder / "b" / "contacts.parquet", "Own")
    assert counted(folder / "b", engine) == (1, ["Own"])


class TestWhatIsNotRead:
    @pytest.mark.parametrize(
        ("name", "nearest"),
        [("contacts (1).csv", "contacts"), ("contacts - Copy.csv", "contacts"), ("Contacts_v2.parquet", "contacts"),
         ("contacts 2019-02.csv.gz", "contacts"), ("contcats.csv", "contacts"), ("Copy of contacts.csv", "contacts"),
         ("Copy (2) of Contacts.csv", "contacts"), ("2019-02 contacts.csv", "contacts"),
         ("old_contacts.csv", "contacts"), ("contacts.txt.csv", "contacts")],
    )  # fmt: skip
    def test_a_near_miss_is_named(self, tmp_path: Path, name: str, nearest: str) -> None:
        extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, name: HEADER + ROW})
        expected = f"{name}: warning: not read: no table has this name; the nearest is '{nearest}' [file-not-read]"
        assert said(extract) == [expected]

    def test_a_folder_that_is_a_near_miss_is_named(self, tmp_path: Path) -> None:
        extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, "contacts_2018/a.csv": HEADER + ROW})
        expected = (
            "contacts_2018/: warning: not read: no table has this name; the nearest is 'contacts' [file-not-read]"
        )
        assert said(extract) == [expected]

    def test_a_sheet_that_is_a_near_miss_is_named(self, tmp_path: Path) -> None:
        rows = [row.split(",") for row in (HEADER + ROW).splitlines()]
        folder = tmp_path / "extract"
        write_workbook(folder / "export.xlsx", {"contacts": rows, "contacts (2)": rows, "Notes": rows})
        write_workbook(folder / "contacts (1).xlsx", {"Sheet1": rows})
        write_workbook(folder / "passports (1).xlsx", {"health_passports": [["issued_on"], ["2019-02-05"]]})
        not_read = "warning: not read: no table has this name; the nearest is 'contacts' [file-not-read]"
        assert said(open_files(tmp_path, {})) == [
            f"contacts (1).xlsx [Sheet1]: {not_read}",
            f"export.xlsx [contacts (2)]: {not_read}",
        ]

    @pytest.mark.parametrize("name", ["extract.toml.txt", "Extract (1).toml", "extract - Copy.toml", "extracts.toml"])
    def test_settings_that_are_not_read_are_named(self, tmp_path: Path, name: str) -> None:
        extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, name: "[covers]\ncontacts = 2019-02-10\n"})
        expected = f"{name}: warning: not read: the settings of an extract are in 'extract.toml' [file-not-read]"
        assert (said(extract), extract.covers) == ([expected], {})

    def test_other_settings_are_left_alone(self, tmp_path: Path) -> None:
        others = dict.fromkeys(("sgkpi.toml", "pyproject.toml", "Annex_A.toml"), "")
        assert said(open_files(tmp_path, {"contacts.csv": HEADER + ROW, **others})) == []

    @pytest.mark.parametrize(
        ("name", "nearest"), [("ssd_contact.csv", "contacts"), ("mising_episodes.csv", "missing_episodes")]
    )
    def test_a_name_is_compared_without_what_its_layout_begins_with(
        self, tmp_path: Path, name: str, nearest: str
    ) -> None:
        write_files(tmp_path, {"contacts.csv": TEXT.format("A"), name: "x\n"})
        (message,) = said(api.open_extract(tmp_path, CATALOGUE))
        assert message.startswith(f"{name}: warning: not read: no table has this name; the nearest is '{nearest}'")

    def test_what_two_names_of_a_layout_share_makes_them_no_near_miss(self, tmp_path: Path) -> None:
        write_files(tmp_path, {"contacts.csv": TEXT.format("A"), "ssd_contracts_paid.csv": "x\n", "list_12.csv": "x\n"})
        assert said(api.open_extract(tmp_path, CATALOGUE)) == []

    def test_a_near_miss_of_a_table_that_is_missing_is_offered(self, tmp_path: Path) -> None:
        write_files(tmp_path, {"contacts.csv": TEXT.format("A"), "missing.csv": "x\n"})
        extract = api.open_extract(tmp_path, CATALOGUE)
        with pytest.raises(ExtractError, match=r"missing\.csv: warning: not read: .* nearest is 'missing_episodes'"):
            api.compute(extract, CATALOGUE, months=[Month(2019, 2)], indicators=["rhi_offered"])

    @pytest.mark.parametrize("name", ["staff.csv", "contacts and visits.csv", "visits and contacts.csv", "notes.txt"])
    def test_what_has_nothing_to_do_with_a_table_is_left_alone(self, tmp_path: Path, name: str) -> None:
        assert said(open_files(tmp_path, {"contacts.csv": HEADER + ROW, name: "x\n"})) == []

    @pytest.mark.parametrize(
        "name", ["contacts.tsv", "contacts.txt", "Contacts.zip", "contacts.csv.txt", "contacts.csv.zip"]
    )
    def test_a_table_in_another_format_is_named(self, tmp_path: Path, name: str) -> None:
        extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, name: "x\n"})
        expected = (
            f"{name}: warning: not read: a file of table 'contacts' ends in .csv.gz, .csv, .parquet [file-not-read]"
        )
        assert said(extract) == [expected]

    @pytest.mark.parametrize("name", ["b.tsv", "b.txt", "b.xlsx", "old/b.csv", "year=2019/b.parquet"])
    def test_a_part_that_is_not_read_is_named(self, tmp_path: Path, name: str) -> None:
        extract = open_files(tmp_path, {"contacts/a.csv": HEADER + ROW, f"contacts/{name}": "x\n"})
        first = name.split("/", maxsplit=1)[0]
        message = f"not read: {first}; the parts of a table are files that end in .csv, .csv.gz or .parquet"
        assert said(extract) == [f"contacts/: warning: {message} [part-not-read]"]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are made otherwise on Windows")
class TestWhatIsNoFile:
    @staticmethod
    def make(path: Path, kind: str) -> None:
        match kind:
            case "link to nowhere":
                path.symlink_to(path.parent / "share" / "b.csv")
            case "loop":
                path.symlink_to(path)
            case _:
                os.mkfifo(path)

    @pytest.mark.parametrize("name", ["contacts/b.csv", "contacts/b.parquet", "contacts.csv", "contacts.xlsx"])
    @pytest.mark.parametrize("kind", ["link to nowhere", "loop", "pipe"])
    def test_it_is_an_error_of_its_table(self, tmp_path: Path, name: str, kind: str) -> None:
        folder = write_files(tmp_path, {"contacts/a.csv": TEXT.format("A")} if "/" in name else {"other/a.txt": ""})
        self.make(folder / name, kind)
        extract = api.open_extract(folder, CATALOGUE)
        (problem,) = extract.broken["contacts"]
        assert (problem.path, problem.code) == (name, "unreadable-file")

    @pytest.mark.parametrize("kind", ["link to nowhere", "loop", "pipe"])
    def test_a_workbook_that_may_have_any_table_is_named(self, tmp_path: Path, kind: str) -> None:
        write_files(tmp_path, {"contacts.csv": TEXT.format("A")})
        self.make(tmp_path / "export.xlsx", kind)
        (message,) = said(api.open_extract(tmp_path, CATALOGUE))
        assert message.startswith("export.xlsx: warning: not read: this is ")
        with pytest.raises(ExtractError, match=r"export\.xlsx: error: this is .* \[unreadable-file\]"):
            api.open_extract(tmp_path / "export.xlsx", CATALOGUE)

    def test_a_link_to_a_file_is_that_file(self, tmp_path: Path) -> None:
        write_files(
            tmp_path, {"share/b.csv": TEXT.format("B"), "data/contacts/a.csv": TEXT.format("A").replace("C1", "C2")}
        )
        (tmp_path / "data/contacts/b.csv").symlink_to(tmp_path / "share/b.csv")
        assert counted(tmp_path / "data") == (2, ["A", "B"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_a_file_that_changes_is_refused(tmp_path: Path, form: str, engine: str) -> None:
    path = tmp_path / f"contacts.{form}"
    write = as_parquet if form == "parquet" else write_text
    write(path, "A")
    extract = api.open_extract(tmp_path, CATALOGUE)
    write(path, "Another")
    with pytest.raises(
        ExtractError, match=rf"contacts\.{form}: error: changed while it was read; try again \[changed-file\]"
    ):
        api.compute(extract, CATALOGUE, months=[Month(2019, 2)], engine=engine)
    path.unlink()
    with pytest.raises(ExtractError, match="changed while it was read"):
        api.compute(extract, CATALOGUE, months=[Month(2019, 2)], engine=engine)


def write_text(path: Path, team: str) -> None:
    import gzip

    content = TEXT.format(team).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
