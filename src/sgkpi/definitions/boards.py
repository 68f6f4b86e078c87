"""Improvement boards: `boards/NAME.yaml`, the points of an inspection with the indicators that measure them."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from sgkpi.definitions import fields as f
from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.digests import definition_digest
from sgkpi.definitions.files import FileModel
from sgkpi.definitions.read_model import read_model
from sgkpi.definitions.yaml_text import read_yaml
from sgkpi.model.board import Board, BoardPoint
from sgkpi.model.problems import Problem, Severity


class PointFile(FileModel):
    """A point of an inspection."""

    words: f.Text = Field(description="What needs to improve, in the inspection's words.")
    paragraphs: f.Ordinals = Field((), description="The paragraphs of the report that the point rests on.")
    indicators: f.Words = Field((), description="The indicators that measure it; the worst rated is shown.")
    supporting: f.Words = Field((), description="Further indicators, listed beside them.")
    evidence: f.FreeText = Field("", description="What people judge the point by, where no indicator measures it.")


class BoardFile(FileModel):
    """An improvement board: `boards/NAME.yaml`."""

    parts: ClassVar[Mapping[str, type[FileModel]]] = {"points": PointFile}
    placeholders: ClassVar[Mapping[str, Any]] = {
        "title": "?",
        "since": "2000-01",
        "points": [{"words": "?", "evidence": "?"}],
    }

    title: f.Text = Field(description="The title of the board, such as Inspection of March 2019.")
    since: f.MonthText = Field(description="The month that the inspection saw, with which later months are compared.")
    points: f.Many[PointFile] = Field(min_length=1, description="The points of the inspection, in its order.")


def read_board(
    file: Path, shown: str, indicators: Collection[str], elsewhere: Collection[str] = ()
) -> tuple[Board | None, list[Problem]]:
    """Return the board in a file, unless it has a mistake, and every problem in it.

    `indicators` are the ids of the catalogue. Those in no point are a note, but for those `elsewhere`, whose
    definitions say that they answer no point.
    """
    document, problems = read_yaml(file, shown)
    if document is None:
        return None, problems
    content, context = read_model(BoardFile, document)
    if content is not None and "points" not in context.unsure:
        for place, point in enumerate(content.points):
            _check_point(point, place, indicators, context)
    if file.stem in indicators:
        context.error(f"an indicator is called '{file.stem}' too; rename this file", "duplicate-name")
    problems += context.problems
    if content is None or any(each.severity is Severity.ERROR for each in problems):
        return None, problems
    board = Board(
        name=file.stem,
        title=content.title,
        since=content.since,
        points=tuple(_point(number, each, context) for number, each in enumerate(content.points)),
        path=shown,
        sha256=definition_digest(file.read_bytes()),
    )
    if absent := sorted(set(indicators).difference(board.indicators, elsewhere)):
        context.error(f"in no point: {', '.join(absent)}", "in-no-point", "points", severity=Severity.NOTE)
    return board, context.problems


def _point(place: int, point: PointFile, context: CheckContext) -> BoardPoint:
    at = context.item("points", place)
    lines = {
        name: context.document.line(*at, key, number)
        for key in ("indicators", "supporting")
        for number, name in enumerate(getattr(point, key))
    }
    parts = (point.words, point.paragraphs, point.indicators, point.supporting, point.evidence)
    return BoardPoint(place + 1, *parts, lines)


def _check_point(point: PointFile, place: int, indicators: Collection[str], context: CheckContext) -> None:
    """Report unknown and repeated indicators, and a point with neither indicators nor evidence."""
    at = context.item("points", place)
    for key in ("indicators", "supporting"):
        context.known_indicators(getattr(point, key), indicators, *at, key)
    named = Counter((*point.indicators, *point.supporting))
    for name in (name for name, times in named.items() if times > 1):
        context.error(f"'{name}' is listed twice in this point", "listed-twice", *at, "indicators")
    if not point.indicators and not point.evidence:
        advice = "give it indicators, or say under 'evidence' what people judge it by"
        context.error(f"nothing shows whether this point is met; {advice}", "no-evidence", *at)
