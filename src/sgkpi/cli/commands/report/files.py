"""The files of a report: one for each format, or a page for each team in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli.output import Output, choose_files, write_files, write_stdout, writing_to
from sgkpi.cli.streams import say
from sgkpi.documents.write.formats import FORMATS, Format
from sgkpi.model.errors import UsageError

if TYPE_CHECKING:
    from sgkpi.answers.report.pack import Pack


@dataclass(frozen=True)
class PagesOfTeams:
    """A page for each team, in a folder."""

    folder: Path


def pages_of_teams(outputs: Sequence[Path]) -> PagesOfTeams:
    """Return the folder for the pages of all teams. Raises UsageError where none, or something else, is named."""
    if len(outputs) != 1:
        raise UsageError("--each: name one folder for the pages, as in `sgkpi report team --each -o packs/`")
    (folder,) = outputs
    with writing_to(folder):
        if folder.is_file():
            raise UsageError(f"-o {folder}: this is a file; with --each, name a folder")
        if not folder.is_dir() and not folder.parent.is_dir():
            raise UsageError(f"-o {folder}: there is no folder '{folder.parent}'; create it first")
    return PagesOfTeams(folder)


def write_packs(packs: Sequence["Pack"], destination: PagesOfTeams | Sequence[Output]) -> None:
    """Write every file, or none where one cannot be written; without a destination, Markdown on stdout."""
    from sgkpi.documents.write.report import ReportWriter

    if isinstance(destination, PagesOfTeams):
        files = _pages(packs, destination.folder)
    else:
        wanted = [(file.path, file.format) for file in destination if file.path is not None]
        writers = map(ReportWriter, packs)
        files = [(path, writer.write(format_)) for writer in writers for path, format_ in wanted]
        if not files:
            write_stdout(ReportWriter(packs[0]).write(Format.MARKDOWN), as_text=False)
    write_files(files)
    say(*(f"Wrote {path}" for path, _ in files))


def _pages(packs: Sequence["Pack"], folder: Path) -> list[tuple[Path, bytes]]:
    """Make the folder, and return the pages by the names that teams have as files."""
    from sgkpi.documents.write.report import ReportWriter

    ending = FORMATS[Format.HTML].ending
    pages = [(folder / f"{pack.slug}{ending}", ReportWriter(pack).write(Format.HTML)) for pack in packs]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"-o {folder}: cannot make the folder: {error.strerror or error}") from error
    choose_files("report", (path for path, _ in pages))
    return pages
