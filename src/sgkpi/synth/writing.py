"""Write a synthetic extract to a folder, completely or not at all."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import count
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory

from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.synth.chance import stream
from sgkpi.synth.contacts import CONTACTS, contact_rows
from sgkpi.synth.days import EXTRACTED_AT, FIRST_DAY, iso_day
from sgkpi.synth.declared import declared_rows
from sgkpi.synth.faults import Faults
from sgkpi.synth.files import HEALTH_PASSPORTS, Files, Write
from sgkpi.synth.leavers import ACCOMMODATION, CARE_LEAVERS, PATHWAY_PLAN_REVIEWS, Leaver, leavers, leavers_at
from sgkpi.synth.missing import MISSING_EPISODES, missing_rows
from sgkpi.synth.people import CHILDREN, People, family_rows, runaway_rows

# Tables without rows that ended before the first day.
COVERED = ("contacts", "missing_episodes", "care_leavers", "accommodation")
# The tables in which the inspection's story is told, with their columns.
STORY = {
    "contacts": CONTACTS,
    "missing_episodes": MISSING_EPISODES,
    "children": CHILDREN,
    "care_leavers": CARE_LEAVERS,
    "pathway_plan_reviews": PATHWAY_PLAN_REVIEWS,
    "accommodation": ACCOMMODATION,
    "health_passports": HEALTH_PASSPORTS,
}
# One row in this many has an identifier in another system's style.
LOWER_CASE_EVERY = 7
SPACED_EVERY = 11


def write_extract(
    directory: Path,
    *,
    seed: int,
    scale: float = 1.0,
    catalogue: Catalogue | None = None,
    faults: Faults | None = None,
) -> tuple[Path, ...]:
    """Write a synthetic extract to a folder; return its files, sorted by name.

    The same seed and scale give the same bytes. `scale` multiplies the volumes: 1 is some 500 contacts
    a month, 1000 half a million. Files of the same names are replaced once all are written; others stay.

    Tables that a `catalogue` declares beside those of the inspection's story are made from their declarations;
    all are, where it lacks a table or column of the story. `faults` are put into the rows on the way, and need a
    catalogue. Raises UsageError for a scale that is no positive number, or a rate that is no share.
    """
    _check(scale, catalogue, faults)
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory, prefix=".synth-") as temporary:
        folder = Path(temporary)
        files = Files(folder, seed, catalogue, faults)
        story = catalogue is None or _tells_story(catalogue)
        if story:
            _write_tables(files, seed, scale)
        if catalogue is not None:
            _write_declared(files, catalogue, STORY if story else (), seed, scale)
        _write_description(folder / "extract.toml", seed, scale, COVERED if story else ())
        written = sorted(path.name for path in folder.iterdir())
        for name in written:
            _other_form(directory / name).unlink(missing_ok=True)
        return tuple((folder / name).replace(directory / name) for name in written)


def _other_form(path: Path) -> Path:
    """The file to which an earlier run may have written the same table, which must be removed."""
    return path.with_suffix(".parquet" if path.suffix == ".csv" else ".csv")


def _check(scale: float, catalogue: Catalogue | None, faults: Faults | None) -> None:
    if not isfinite(scale) or scale <= 0:
        raise UsageError(f"the scale must be a number greater than 0, not {scale}")
    if faults is not None and not 0 <= faults.rate <= 1:
        raise UsageError(f"the rate of faults must be a number from 0 to 1, not {faults.rate}")
    if faults is not None and catalogue is None:
        raise UsageError("faults are made from the declarations of tables: a catalogue is needed")


def _tells_story(catalogue: Catalogue) -> bool:
    """Whether a catalogue declares all tables and columns of the inspection's findings."""
    return all(
        name in catalogue.tables and set(header) <= set(catalogue.tables[name].columns)
        for name, header in STORY.items()
    )


def _write_declared(files: Files, catalogue: Catalogue, but: Collection[str], seed: int, scale: float) -> None:
    """The other tables, made up from their declarations."""
    for name, table in catalogue.tables.items():
        if name not in but:
            with files.open(name, tuple(table.columns)) as write:
                _write_all(write, declared_rows(table, catalogue, seed=seed, scale=scale))


def _write_tables(files: Files, seed: int, scale: float) -> None:
    people = People.at(scale, leavers_at(scale))
    with files.open("contacts", CONTACTS, encoding="utf-8-sig") as write:
        _write_all(write, contact_rows(stream(seed, "contacts"), people, scale))
    with files.open("missing_episodes", MISSING_EPISODES) as write:
        _write_all(write, missing_rows(stream(seed, "missing_episodes"), people, scale))
    with files.open("children", CHILDREN) as write:
        rng = stream(seed, "children")
        _write_all(write, runaway_rows(rng, people))
        _write_leavers(files, leavers(stream(seed, "care_leavers"), people, scale), write)
        _write_all(write, family_rows(rng, people))


def _write_leavers(files: Files, everyone: Iterator[Leaver], write_child: Write) -> None:
    """Write the tables about care leavers together, one young person after another."""
    reviews, spells, passports = count(1), count(1), count(1)
    with ExitStack() as opened:
        write_leaver = opened.enter_context(files.open("care_leavers", CARE_LEAVERS))
        write_review = opened.enter_context(files.open("pathway_plan_reviews", PATHWAY_PLAN_REVIEWS))
        write_stay = opened.enter_context(files.open("accommodation", ACCOMMODATION))
        write_passport = opened.enter_context(files.open_passports())
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
                write_passport((f"HP{number:04d}", person, iso_day(issued)))


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


def _write_description(path: Path, seed: int, scale: float, covered: Collection[str]) -> None:
    covers = "".join(f"{table} = {FIRST_DAY.isoformat()}\n" for table in covered)
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
