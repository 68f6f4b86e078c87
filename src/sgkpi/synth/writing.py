"""A synthetic extract written to a folder, whole or not at all; rows go straight to their files."""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from sgkpi.errors import UsageError
from sgkpi.synth.chance import stream
from sgkpi.synth.contacts import CONTACTS, contact_rows
from sgkpi.synth.days import EXTRACTED_AT, FIRST_DAY, iso_day
from sgkpi.synth.leavers import ACCOMMODATION, CARE_LEAVERS, PATHWAY_PLAN_REVIEWS, Leaver, leavers, leavers_at
from sgkpi.synth.missing import MISSING_EPISODES, missing_rows
from sgkpi.synth.people import CHILDREN, People, family_rows, runaway_rows

Write = Callable[[tuple[str, ...]], object]
ROWS_IN_A_BATCH = 50_000
# Tables that leave out what had ended before the first day.
COVERED = ("contacts", "missing_episodes", "care_leavers", "accommodation")
# Every so many rows, a system that writes identifiers in its own way.
LOWER_CASE_EVERY = 7
SPACED_EVERY = 11


def write_extract(directory: Path, *, seed: int, scale: float = 1.0) -> tuple[Path, ...]:
    """Writes a synthetic extract to a folder and gives its files, in order of their names.

    The same seed and scale give the same bytes. `scale` multiplies the volumes: 1 is some 500 contacts
    a month, 1000 half a million. Files of the same names are replaced once all are written; others stay.
    Raises UsageError for a scale that is no positive number.
    """
    if not isfinite(scale) or scale <= 0:
        raise UsageError(f"the scale must be a number greater than 0, not {scale}")
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory, prefix=".synth-") as temporary:
        folder = Path(temporary)
        _write_tables(folder, seed, scale)
        _write_description(folder / "extract.toml", seed, scale)
        written = sorted(path.name for path in folder.iterdir())
        return tuple((folder / name).replace(directory / name) for name in written)


def _write_tables(folder: Path, seed: int, scale: float) -> None:
    people = People.at(scale, leavers_at(scale))
    with _csv(folder / "contacts.csv", CONTACTS, encoding="utf-8-sig") as write:
        _write_all(write, contact_rows(stream(seed, "contacts"), people, scale))
    with _csv(folder / "missing_episodes.csv", MISSING_EPISODES) as write:
        _write_all(write, missing_rows(stream(seed, "missing_episodes"), people, scale))
    with _csv(folder / "children.csv", CHILDREN) as write:
        rng = stream(seed, "children")
        _write_all(write, runaway_rows(rng, people))
        _write_leavers(folder, leavers(stream(seed, "care_leavers"), people, scale), write)
        _write_all(write, family_rows(rng, people))


def _write_leavers(folder: Path, everyone: Iterator[Leaver], write_child: Write) -> None:
    """Writes the tables about care leavers side by side, one young person after another."""
    reviews, spells, passports = count(1), count(1), count(1)
    with ExitStack() as files:
        write_leaver = files.enter_context(_csv(folder / "care_leavers.csv", CARE_LEAVERS))
        write_review = files.enter_context(_csv(folder / "pathway_plan_reviews.csv", PATHWAY_PLAN_REVIEWS))
        write_stay = files.enter_context(_csv(folder / "accommodation.csv", ACCOMMODATION))
        parquet = files.enter_context(_PassportFile(folder / "health_passports.parquet"))
        for leaver in everyone:
            write_child(leaver.child)
            write_leaver(_leaver_row(leaver))
            for row in _review_rows(leaver, reviews):
                write_review(row)
            for row in _stay_rows(leaver, spells):
                write_stay(row)
            for issued in leaver.passports:
                number = next(passports)
                person = leaver.person if number % LOWER_CASE_EVERY else leaver.person.lower()
                parquet.add(f"HP{number:04d}", person, issued)


def _leaver_row(leaver: Leaver) -> tuple[str, ...]:
    return (
        leaver.person,
        iso_day(leaver.eligible_from),
        iso_day(leaver.eligible_to),
        leaver.eligibility,
        iso_day(leaver.left_care_on),
        leaver.team,
        leaver.in_touch,
    )


def _review_rows(leaver: Leaver, numbers: Iterator[int]) -> Iterator[tuple[str, ...]]:
    for place, reviewed in enumerate(leaver.reviews):
        day = iso_day(reviewed) if isinstance(reviewed, date) else reviewed
        yield f"R{next(numbers):05d}", leaver.person, day, "review" if place else "initial"


def _stay_rows(leaver: Leaver, numbers: Iterator[int]) -> Iterator[tuple[str, ...]]:
    for stay in leaver.stays:
        number = next(numbers)
        person = leaver.person if number % SPACED_EVERY else f"{leaver.person} "
        suitable = "" if stay.suitable is None else ("yes" if stay.suitable else "no")
        yield f"A{number:05d}", person, iso_day(stay.start), iso_day(stay.end), stay.accommodation_type, suitable


def _write_description(path: Path, seed: int, scale: float) -> None:
    covers = "".join(f"{table} = {FIRST_DAY.isoformat()}\n" for table in COVERED)
    text = (
        "# What sgkpi should know of this extract besides its tables.\n"
        f"extracted_at = {EXTRACTED_AT.isoformat()}\n"
        f'source = "Synthetic, made by sgkpi synth (seed {seed}, scale {scale:g})"\n\n'
        "# From when each table is complete; a table that is not named always is.\n"
        f"[covers]\n{covers}"
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_all(write: Write, rows: Iterator[tuple[str, ...]]) -> None:
    for row in rows:
        write(row)


@contextmanager
def _csv(path: Path, header: tuple[str, ...], *, encoding: str = "utf-8") -> Iterator[Write]:
    with path.open("w", encoding=encoding, newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(header)
        yield write


class _PassportFile:
    """`health_passports.parquet`, written batch by batch."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds: dict[str, pa.DataType] = {"passport_id": pa.string(), "person_id": pa.string(), "issued_on": pa.date32()}
        self._schema = pa.schema(kinds)
        self._writer: Any = pq.ParquetWriter(path, self._schema)
        self._rows: list[dict[str, str | date | None]] = []

    def add(self, passport: str, person: str, issued: date | None) -> None:
        self._rows.append({"passport_id": passport, "person_id": person, "issued_on": issued})
        if len(self._rows) >= ROWS_IN_A_BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
