"""Reports for notebooks and scripts."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sgkpi.answers.inputs import load_commentary
from sgkpi.answers.report import make
from sgkpi.answers.report.pack import Pack, ReportKind
from sgkpi.api import Answer, CatalogueLike, ExtractLike, Names, read_inputs
from sgkpi.api.arguments import (
    MonthLike,
    read_as_of,
    read_member,
    read_month,
    read_names,
    read_number,
)
from sgkpi.documents.figures import figure_records
from sgkpi.documents.records import Records
from sgkpi.documents.write.formats import Format
from sgkpi.engines.protocol import Progress
from sgkpi.model.catalogue import complete_each
from sgkpi.model.errors import UsageError
from sgkpi.snapshots.store import Snapshot, Store, default_private_folder, open_store

_WITH_POINTS = (ReportKind.BOARD, ReportKind.IMPROVEMENT)


@dataclass(frozen=True, repr=False)
class Report(Answer, Pack):
    """A report of a month: its figures as rows of the long table, and the report itself in each of its formats."""

    def _records(self) -> Records:
        return figure_records(self.figures)

    def to_html(self) -> str:
        """Return the report as a web page, as `sgkpi report -o report.html` writes it."""
        return self._written(Format.HTML).decode()

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        return self._written(Format.MARKDOWN).decode()

    def to_excel(self) -> bytes:
        """Return the report as an Excel workbook."""
        return self._written(Format.EXCEL)

    def _written(self, format_: Format) -> bytes:
        from sgkpi.documents.write.report import ReportWriter

        return ReportWriter(self).write(format_)


def report(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    kind: str = ReportKind.BOARD,
    *,
    indicators: Names = (),
    team: str | None = None,
    month: MonthLike | None = None,
    history: int = make.HISTORY,
    by: Names = (),
    as_of: date | str | None = None,
    authority: str = "",
    marking: str = "",
    board: Path | str | None = None,
    commentary: Path | str | None = None,
    since: str | None = None,
    snapshots: Path | str | None = None,
    engine: str = "duckdb",
    progress: Progress | None = None,
) -> Report:
    """Make a report, as `sgkpi report` does: `board`, `indicator`, `team`, `quality` or `improvement`.

    `indicators` are those of a report of indicators, `team` the team of a team's report, and `by` the breakdowns of any
    other kind but `quality`. `board` is the file with the points of an inspection (else the one of the catalogue),
    `commentary` the folder of what people write, and `since` a snapshot of the store in the folder `snapshots`. Raises
    as `compute` does, and DefinitionsError for a mistake in commentary or a board.
    """
    opened, loaded = read_inputs(extract, catalogue)
    wanted = read_member("kind", ReportKind, str(kind))
    names = read_names("indicators", indicators)
    if (wanted is ReportKind.INDICATOR) is not bool(names):
        raise UsageError("indicators: name them for a report of the kind 'indicator', and for no other")
    if (wanted is ReportKind.TEAM) is not bool(team):
        raise UsageError("team: name one for a report of the kind 'team', and for no other")
    if board is not None and wanted not in _WITH_POINTS:
        raise UsageError("board: name one for a report with the points of an inspection, and for no other")
    if since is not None and wanted is ReportKind.TEAM:
        raise UsageError("since: what was published is compared for all teams together; name it for another kind")
    if snapshots is not None and since is None:
        raise UsageError("snapshots: say with `since` which of its snapshots the report is compared with")
    points = make.find_board(wanted, Path(board) if board is not None else None, loaded)
    asked = make.ReportRequest(
        kind=wanted,
        indicators=tuple(complete_each(names, loaded.indicators)),
        team=team,
        month=read_month(month),
        history=read_number("history", history, "months"),
        by=read_names("by", by),
        as_of=read_as_of(as_of),
        authority=authority,
        marking=marking,
        board=points,
        commentary=load_commentary(Path(commentary) if commentary is not None else None, loaded, points),
        since=_since(since, snapshots),
        persons=True,
    )
    (pack,) = make.make_packs(opened, loaded, asked, engine=engine, progress=progress)
    return Report(**vars(pack))


def _since(name: str | None, snapshots: Path | str | None) -> tuple[Store, Snapshot] | None:
    if name is None:
        return None
    if snapshots is None:
        raise UsageError("since: name the folder of the store with `snapshots`")
    home = Path(snapshots)
    store = open_store(home, default_private_folder(home))
    return store, store.contents().find(name)
