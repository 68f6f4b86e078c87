"""The files of a report: one for each format, or a page for each team in a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli.output import choose_files, write_files, write_stdout, writing_to
from sgkpi.cli.streams import say
from sgkpi.documents.write.formats import FORMATS, OFFERED, Format
from sgkpi.model.errors import UsageError

if TYPE_CHECKING:
    from sgkpi.answers.report.pack import Pack


def folder_of_pages(outputs: Sequence[Path]) -> Path:
    """Return the folder for the pages of all teams. Raises UsageError where none, or something else, is named."""
    if len(outputs) != 1:
        raise UsageError("--each: name one folder for the pages, as in `sgkpi report team --each -o packs/`")
    (folder,) = outputs
    with writing_to(folder):
        endings = [FORMATS[each].ending for each in OFFERED["report"]]
        if folder.is_file() or (folder.suffix.lower() in endings and not folder.is_dir()):
            raise UsageError(f"-o {folder}: this is a file; with --each, name a folder")
        if not folder.is_dir() and not folder.parent.is_dir():
            raise UsageError(f"-o {folder}: there is no folder '{folder.parent}'; create it first")
    return folder


def write_report(pack: "Pack", files: Sequence[tuple[Path, Format]]) -> None:
    """Write the files of a report, or none where one cannot be written; without any, Markdown on stdout."""
    from sgkpi.documents.write.report import ReportWriter

    writer = ReportWriter(pack)
    if files:
        _write([(path, writer.write(format_)) for path, format_ in files])
    else:
        write_stdout(writer.write(Format.MARKDOWN), as_text=False)


def write_pages(packs: Sequence["Pack"], folder: Path) -> None:
    """Write the pages of teams into a folder, which is made, by the names that teams have as files; or none."""
    from sgkpi.documents.write.report import ReportWriter

    ending = FORMATS[Format.HTML].ending
    pages = [(folder / f"{pack.slug}{ending}", ReportWriter(pack).write(Format.HTML)) for pack in packs]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"-o {folder}: cannot make the folder: {error.strerror or error}") from error
    choose_files("report", (path for path, _ in pages))
    _write(pages)


def _write(files: Sequence[tuple[Path, bytes]]) -> None:
    write_files(files)
    say(*(f"Wrote {path}" for path, _ in files))
