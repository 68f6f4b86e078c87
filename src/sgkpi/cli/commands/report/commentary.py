"""The commentary of a report: its folder, the files that are begun, and the conditions that it may fail."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import commentary_folder
from sgkpi.cli.output import writing_to
from sgkpi.cli.settings import catalogue_path, commentary_path
from sgkpi.cli.streams import say
from sgkpi.model.errors import UsageError
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.answers.report.pack import Pack

MISSING, STALE = "missing-commentary", "stale-commentary"
CONDITIONS = (MISSING, STALE)


def parse_conditions(texts: Iterable[str] | None) -> tuple[str, ...]:
    """Return the conditions that `--fail-on` names; UsageError, with the nearest, for another one."""
    return tuple(opt.parse_names("--fail-on", "condition", texts, CONDITIONS))


def folder_of_commentary(
    option: Path | None, catalogue: Path | None, outputs: Sequence[Path], *, make: bool
) -> Path | None:
    """Return the folder of commentary, None where there is none; with `make`, one that is named is made.

    Raises UsageError where an output is one of its files, or there is nowhere to write commentary.
    """
    definitions = catalogue_path(catalogue)
    if make:
        beside = definitions.absolute().parent / "commentary" if definitions else None
        folder = option or (commentary_path(None, definitions) if definitions else None) or beside
        if folder is None:
            raise UsageError("--write-commentary: say where, with --commentary DIR")
        with writing_to(folder):
            folder.mkdir(exist_ok=True)
    return commentary_folder(option, definitions, *outputs)


def begin_commentary(packs: Iterable["Pack"], folder: Path) -> None:
    """Write a file, with the figure filled in, for each indicator that wants one and has none; never over another."""
    from sgkpi.answers.report.commentary import skeletons

    written = 0
    for name, text in (each for pack in packs for each in skeletons(pack)):
        path = folder / name
        with writing_to(path):
            path.parent.mkdir(exist_ok=True)
            if path.exists():
                continue
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        written += 1
        say(f"Wrote {path}")
    if not written:
        say("No indicator wants commentary that has none.")


def failed_conditions(packs: Iterable["Pack"], conditions: Sequence[str]) -> Iterator[str]:
    """Yield what fails of the conditions, in sentences."""
    from sgkpi.answers.report.commentary import missing_commentary, stale_commentary

    finders = {
        MISSING: (missing_commentary, "without commentary"),
        STALE: (stale_commentary, "with commentary on another figure"),
    }
    for pack in packs:
        for condition, (find, what) in finders.items():
            if condition in conditions and (found := find(pack)):
                ids = ", ".join(card.indicator.id for card in found)
                yield f"{plural(len(found), 'indicator')} {what}: {ids} [{condition}]"
