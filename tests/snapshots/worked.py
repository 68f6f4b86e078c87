"""Worked examples of restatement: two extracts of one table, taken as snapshots one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from sgkpi import api
from sgkpi.answers.snapshot.take import Circumstances, SnapshotRequest, SnapshotTaken, take_snapshot
from sgkpi.documents.write.snapshot import renderers
from sgkpi.model.periods import Month, PeriodKind, parse_as_of
from sgkpi.snapshots.lock import Writer
from sgkpi.snapshots.restatement import FigureLedger, LedgerLine, LineKind
from sgkpi.snapshots.store import default_private_folder, open_store

SECRET = bytes(range(32))
MARCH, APRIL = "2019-03-04T07:00", "2019-04-04T07:00"
CONTACTS = """
    key: id
    person: person
    happened: received
    columns:
      id: {type: text}
      person: {type: text}
      received: {type: datetime}
      decided: {type: datetime}
      team: {type: text}
      days: {type: number}
    """
IN_A_DAY = """
    title: Decided within 24 hours
    table: contacts
    period: received
    measure: proportion
    clock: {start: received, stop: decided, within: 24 hours}
    by: [team]
    """


@dataclass(frozen=True)
class Job:
    """A monthly job: its store, and the tables and the definitions with which its snapshots are taken."""

    folder: Path
    engine: str = "duckdb"
    indicator: str = IN_A_DAY
    tables: Mapping[str, str] = field(default_factory=lambda: {"contacts": CONTACTS})
    others: Mapping[str, str] = field(default_factory=dict)

    def take(
        self, as_of: str, *, month: str = "2019-02", indicator: str = "", closures: str = "", **data: str
    ) -> SnapshotTaken:
        """Take a snapshot of an extract with these tables, as CSV; of the month and the one before it."""
        base = self.folder / str(sum(1 for _ in self.folder.glob("*")))
        _write(base / "indicators" / "figure.yaml", indicator or self.indicator)
        for name, text in self.others.items():
            _write(base / "indicators" / f"{name}.yaml", text)
        for name, text in self.tables.items():
            _write(base / "indicators" / "tables" / f"{name}.yaml", text)
        if closures:
            _write(base / "indicators" / "tables" / "holidays.csv", f"date,name\n{closures},closed")
        for name, text in data.items():
            _write(base / "data" / f"{name}.csv", text)
        catalogue = api.load_catalogue(base / "indicators")
        store = self.folder.with_name("snapshots")
        kinds = (PeriodKind.MONTH,)
        asked = SnapshotRequest(Month.parse(month), 1, kinds, parse_as_of(as_of), self.engine, reason="a test")
        return take_snapshot(
            api.open_extract(base / "data", catalogue),
            catalogue,
            open_store(store, default_private_folder(store), for_writing=True),
            asked,
            renderers(),
            Circumstances(Writer(1, "here", "test"), {}, SECRET),
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).strip() + "\n", "utf-8")


def contacts(text: str) -> str:
    """Return contacts, `C1 4 5 North; C2 4 - South`: id, days of February 2019 (09:00) and team; `-` is blank.

    A day may have a time, `4T18:00`, and be of another month, `03-01`.
    """
    rows = ["id,person,received,decided,team"]
    for line in text.split(";"):
        name, received, decided, *team = line.split()
        rows.append(f"{name},P{name[1:]},{_moment(received)},{_moment(decided)},{team[0] if team else 'North'}")
    return "\n".join(rows) + "\n"


def _moment(text: str) -> str:
    if text == "-":
        return ""
    day, _, time = text.partition("T")
    return f"2019-{day if '-' in day else f'02-{int(day):02d}'} {time or '09:00'}"


def failed(taken: SnapshotTaken) -> set[str]:
    """Return the gates that failed, but `restated`, which nearly every example fails."""
    return {check.gate for check in taken.checks if check.status == "failed"} - {"restated"}


def ledger_of(taken: SnapshotTaken, month: str = "2019-02", category: str | None = None) -> FigureLedger:
    """Return the ledger of a month's figure, or of one of its categories."""
    found = [each for each in taken.restatement.ledgers if each.period.label == month and each.category == category]
    assert len(found) == 1, [(each.period.label, each.category) for each in taken.restatement.ledgers]
    return found[0]


def said(ledger: FigureLedger) -> list[str]:
    """Return a ledger as text: `3/4`, `arrived_late 2, +1, +2, -1/12`, `= 1/5` (a subtotal), `4/6`."""
    return [_line(line) for line in ledger.lines]


def _line(line: LedgerLine) -> str:
    amounts = line.amounts
    if line.kind is not LineKind.MOVEMENT:
        numbers = [str(part) for part in (amounts.numerator, amounts.denominator) if part is not None]
        figure = "/".join(numbers) if amounts.numerator is not None else str(amounts.value)
        return f"= {figure}" if line.kind is LineKind.SUBTOTAL else figure
    parts = [amounts.numerator, amounts.denominator, amounts.value]
    shown = ["none" if part is None else f"{'+' if part > 0 else ''}{part}" for part in parts]
    return f"{line.cause} {', '.join([str(line.cases), *shown])}"
