"""One file of commentary: a few keys between lines of `---`, and Markdown below them; and the file of events."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import ClassVar

from pydantic import Field

from sgkpi.definitions import fields as f
from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.files import FileModel
from sgkpi.definitions.read_model import read_model
from sgkpi.definitions.yaml_text import Place, YamlDocument, parse_yaml
from sgkpi.model.commentary import (
    Action,
    ActionState,
    ChartEvent,
    CommentaryFile,
    CommentaryKind,
    CommentaryWord,
    PointAssessment,
)
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem
from sgkpi.model.words import plural

_FENCE = "---"
_EVENTS = "events"
_WORD = re.compile(r"[\w-]+")
_ESCAPED = re.compile(r"\\([_-])")
# What Markdown does not show: marks of emphasis and code, and the underscores that are one, as they are not in a word.
_MARKS = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])|[*`~]+")
_FEWEST_CHARACTERS = 4
_YEARS = range(1900, 2100)


class ActionPart(FileModel):
    """Something that somebody is going to do."""

    what: f.Text = Field(description="What is to be done.")
    who: f.FreeText = Field("", description="Who does it.")
    when: f.Day | None = Field(None, description="The day by which it is to be done.")
    state: f.StateText = Field(ActionState.NOT_STARTED, description="not started, started or done.")


class AssessmentPart(FileModel):
    """An assessment of a point of an inspection, as its author wrote it."""

    point: f.Ordinal = Field(description="The number of the point.")
    assessed: f.FreeText = Field("", description="Their judgement.")
    next: f.FreeText = Field("", description="The next step.")
    who: f.FreeText = Field("", description="Who takes it.")
    when: f.Day | None = Field(None, description="The day by which it is to be taken.")


class FrontMatter(FileModel):
    """The keys of every file of commentary."""

    parts: ClassVar[Mapping[str, type[FileModel]]] = {"actions": ActionPart, "points": AssessmentPart}

    by: f.FreeText = Field("", description="Who wrote it.")
    on: f.Day | None = Field(None, description="The day on which it was written.")
    public: f.Flag = Field(False, description="Whether it may stand in a public report.")
    actions: f.Many[ActionPart] = Field((), description="What is going to be done.")


class IndicatorFrontMatter(FrontMatter):
    """The keys of the commentary on an indicator."""

    figure: f.FreeText = Field("", description="The value that the writer saw.")


class BoardFrontMatter(FrontMatter):
    """The keys of the commentary on the points of a board."""

    points: f.Many[AssessmentPart] = Field((), description="What people say about each point.")


_MODELS: Mapping[CommentaryKind, type[FrontMatter]] = {
    CommentaryKind.INDICATOR: IndicatorFrontMatter,
    CommentaryKind.SUMMARY: FrontMatter,
    CommentaryKind.BOARD: BoardFrontMatter,
    CommentaryKind.TEAM: FrontMatter,
}


class EventPart(FileModel):
    """Something that happened in a month, for charts to show."""

    month: f.MonthText = Field(description="The month in which it happened.")
    text: f.Text = Field(description="What happened.")
    indicators: f.Words = Field((), description="The indicators whose charts show it; all, if left out.")


class EventsFile(FileModel):
    """The events of a folder of commentary."""

    parts: ClassVar[Mapping[str, type[FileModel]]] = {_EVENTS: EventPart}

    events: tuple[EventPart, ...] = Field(description="The events.")


@dataclass(frozen=True)
class Subject:
    """The subject of a file of commentary, by its place; `points` is how many its board has, None if not known."""

    month: Month
    kind: CommentaryKind
    name: str = ""
    points: int | None = None


@dataclass(frozen=True)
class Reading:
    """The content of a file, with the words that might name a case and every problem."""

    file: CommentaryFile | None = None
    events: tuple[ChartEvent, ...] = ()
    words: tuple[CommentaryWord, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse_commentary(content: bytes, shown: str, subject: Subject) -> Reading:
    """Read the bytes of a file of commentary; `shown` is its path for people."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Reading(problems=(Problem(shown, "the file is not UTF-8; save it as UTF-8", "not-utf8", line),))
    front, body, line = _split(text)
    if front is None:
        message = f"the keys at the top have no end; put a line of {_FENCE} below them"
        return Reading(problems=(Problem(shown, message, "front-matter", 1),))
    document, problems = _document(front, shown)
    if document is None:
        return Reading(problems=tuple(problems))
    keys, context = read_model(_MODELS[subject.kind], document)
    if keys is None:
        return Reading(problems=(*problems, *context.problems))
    _check_once(keys, subject, context)
    file = CommentaryFile(
        month=subject.month,
        kind=subject.kind,
        subject=subject.name,
        path=shown,
        text=body,
        text_line=line,
        by=keys.by,
        on=keys.on,
        figure=keys.figure if isinstance(keys, IndicatorFrontMatter) else "",
        public=keys.public,
        actions=tuple(_action(each, keys, subject.month) for each in keys.actions),
        points=tuple(_assessment(each, keys, subject.month) for each in _points(keys)),
    )
    words = (*_words_of_keys(keys, context), *_words_of_text(body, shown, line))
    return Reading(file, words=words, problems=(*problems, *context.problems))


def parse_events(content: bytes, shown: str, indicators: Collection[str]) -> Reading:
    """Read the bytes of the file of events, a list; `indicators` are the ids of the catalogue."""
    document, problems = parse_yaml(content, shown, listed=_EVENTS)
    if document is None:
        return Reading(problems=tuple(problems))
    keys, context = read_model(EventsFile, document)
    words: list[CommentaryWord] = []
    for place, event in enumerate(keys.events if keys else ()):
        at = context.item(_EVENTS, place)
        context.known_indicators(event.indicators, indicators, *at, "indicators")
        words += (CommentaryWord(word, shown, context.document.line(*at, "text")) for word in words_of(event.text))
    events = tuple(ChartEvent(each.month, each.text, each.indicators) for each in (keys.events if keys else ()))
    return Reading(events=events, words=tuple(words), problems=(*problems, *context.problems))


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text that might be the key of a case: long enough, with a digit, and no year."""
    found = _WORD.findall(_ESCAPED.sub(r"\1", text))
    written = (form for word in found for form in (word, word.strip("-_")))
    for word in dict.fromkeys((*written, *_WORD.findall(_as_read(text)))):
        is_year = word.isdecimal() and int(word) in _YEARS
        if len(word) >= _FEWEST_CHARACTERS and any(map(str.isdigit, word)) and not is_year:
            yield word


def _as_read(text: str) -> str:
    """Return Markdown as its readers see it: `C001234` for `C00**12**34` and `C00&#49;234`, without soft hyphens."""
    plain = _MARKS.sub("", _ESCAPED.sub(r"\1", unescape(text)))
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def _split(text: str) -> tuple[str | None, str, int]:
    """Return the keys at the top as YAML, the text below them, and its line; None where the keys have no end.

    The YAML begins with an empty line, so that its lines have the numbers that they have in the file.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return "", text, 1
    ends = (number for number, line in enumerate(lines) if number and line.rstrip() == _FENCE)
    end = next(ends, None)
    if end is None:
        return None, "", 1
    return "\n".join(["", *lines[1:end]]), "\n".join(lines[end + 1 :]), end + 2


def _document(front: str, shown: str) -> tuple[YamlDocument | None, list[Problem]]:
    if all(not line.strip() or line.lstrip().startswith("#") for line in front.split("\n")):
        return YamlDocument(shown, {}, {}), []
    return parse_yaml(front.encode(), shown)


def _points(keys: FrontMatter) -> tuple[AssessmentPart, ...]:
    return keys.points if isinstance(keys, BoardFrontMatter) else ()


def _check_once(keys: FrontMatter, subject: Subject, context: CheckContext) -> None:
    """Report points that the board does not have, and points and actions that are listed twice."""
    numbers = Counter[int]()
    for place, each in enumerate(_points(keys)):
        numbers[each.point] += 1
        at = (*context.item("points", place), "point")
        if subject.points is not None and each.point > subject.points:
            message = f"there is no point {each.point}; the board has {plural(subject.points, 'point')}"
            context.error(message, "unknown-point", *at)
        elif numbers[each.point] == 2:
            context.error(f"point {each.point} is listed twice", "listed-twice", *at)
    actions = Counter[str]()
    for place, action in enumerate(keys.actions):
        key = _action(action, keys, subject.month).key
        actions[key] += 1
        if actions[key] == 2:
            message = f"action '{action.what}' is listed twice; write it once, with all who do it"
            context.error(message, "listed-twice", *context.item("actions", place), "what")


def _action(part: ActionPart, keys: FrontMatter, month: Month) -> Action:
    return Action(part.what, month, part.who, part.when, part.state, keys.public)


def _assessment(part: AssessmentPart, keys: FrontMatter, month: Month) -> PointAssessment:
    return PointAssessment(part.point, month, part.assessed, part.next, part.who, part.when, keys.public)


def _words_of_keys(keys: FrontMatter, context: CheckContext) -> Iterator[CommentaryWord]:
    """Yield the words of what people wrote in the keys; days and states hold none."""
    document = context.document
    written: list[tuple[Place, str]] = [(("by",), keys.by)]
    if isinstance(keys, IndicatorFrontMatter):
        written.append((("figure",), keys.figure))
    for place, action in enumerate(keys.actions):
        at = context.item("actions", place)
        written += [((*at, "what"), action.what), ((*at, "who"), action.who)]
    for place, each in enumerate(_points(keys)):
        at = context.item("points", place)
        written += [((*at, key), getattr(each, key)) for key in ("assessed", "next", "who")]
    for key_at, text in written:
        yield from (CommentaryWord(word, document.path, document.line(*key_at)) for word in words_of(text))


def _words_of_text(text: str, shown: str, first: int) -> Iterator[CommentaryWord]:
    for line, written in enumerate(text.split("\n"), start=first):
        yield from (CommentaryWord(word, shown, line) for word in words_of(written))
