"""A monthly job in a folder: definitions of contacts, an extract that is replaced every month, and a store."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.snapshots.worked import CONTACTS, IN_A_DAY, contacts
from tests.support.program import Ran, run

SETTINGS = 'data = "data"\ncatalogue = "indicators"\nsnapshots = "snapshots"\n'
# Of February 2019, decided within 24 hours: 3 of 4 as published in March; then C5 (in time) and C6 (late) appear,
# 4 of 6; then the decision on C4 is corrected, 5 of 6.
MARCH = "C1 4 4; C2 5 5; C3 6 6 South; C4 7 9"
APRIL = f"{MARCH}; C5 27 27; C6 28 03-02 South"
MAY = APRIL.replace("C4 7 9", "C4 7 7")
AS_OF = {"2019-02": "2019-03-04T07:00", "2019-03": "2019-04-04T07:00", "2019-04": "2019-05-03T07:00"}


@dataclass(frozen=True)
class Monthly:
    """The folder in which the job runs."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "Monthly":
        job = cls(folder)
        job.write("sgkpi.toml", SETTINGS)
        job.write("indicators/tables/contacts.yaml", dedent(CONTACTS).strip() + "\n")
        job.write("indicators/waits.yaml", dedent(IN_A_DAY).strip() + "\n")
        return job

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def extract(self, rows: str, as_of: str) -> None:
        """Replace the extract: contacts as `tests.snapshots.worked.contacts` reads them."""
        self.write("data/contacts.csv", contacts(rows))
        self.write("data/extract.toml", f"extracted_at = {as_of}:00\n")

    def take(self, month: str, rows: str, *arguments: str, as_of: str = "") -> Ran:
        """Take the snapshot of a month, with two months of history."""
        self.extract(rows, as_of or AS_OF[month])
        return self.run("snapshot", "--month", month, "--history", "2", "--period", "month", *arguments)

    def run(self, *arguments: str, **env: str) -> Ran:
        return run(*arguments, cwd=self.folder, env=env)

    def files(self) -> dict[str, bytes]:
        """Every file of the store and of its sealed cases, but for the lock."""
        found = {path.relative_to(self.folder).as_posix(): path for path in self.folder.glob("snapshots*/**/*")}
        return {name: path.read_bytes() for name, path in found.items() if path.is_file() and path.name != ".lock"}
