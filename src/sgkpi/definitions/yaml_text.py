"""YAML 1.2 with every scalar as text, and the line of each key and item.

YAML 1.1 would read `no` as false, `12:30` as 750 and `01` as 1. Here a scalar is the text that was
written; its key decides what it means.

The parser's events are read one by one instead of its ready-made tree: building that tree is recursive
and, in C, a file of opening brackets would crash the process.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sgkpi.definitions.regular import read_regular
from sgkpi.model.problems import Problem

Data = str | list["Data"] | dict[str, "Data"]
Place = tuple[str | int, ...]

MAX_DEPTH = 20
MAX_VALUES = 50_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE_TAGS = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class YamlDocument:
    """A YAML file: its data as text, lists and mappings, and the line (from 1) of every place in it."""

    path: str
    data: dict[str, Data]
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """Return the line of a place, or of the nearest place above it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def has(self, *place: str | int) -> bool:
        """Whether the file has anything at this place."""
        return place in self.lines

    def text(self, *place: str | int) -> str:
        """Return the text at a place; none where the file has no text there."""
        found: object = self.data
        for each in place:
            found = found.get(each) if isinstance(found, dict) else None
        return found if isinstance(found, str) else ""

    @property
    def dotted_lines(self) -> dict[str, int]:
        """The line of every place, as `clock.within`; items of a list count from 0."""
        return {".".join(map(str, place)): line for place, line in self.lines.items() if place}


def read_yaml(path: Path, shown: str) -> tuple[YamlDocument | None, list[Problem]]:
    """Return the document in a file, or its problems; `shown` is the path for people."""
    try:
        content = read_regular(path)
    except OSError as error:
        return None, [Problem(shown, f"the file cannot be read: {error.strerror}", "unreadable-file")]
    return parse_yaml(content, shown)


def parse_yaml(content: bytes, shown: str, listed: str = "") -> tuple[YamlDocument | None, list[Problem]]:
    """Return the document in the bytes of a file, or its problems.

    The file holds a mapping; with `listed` it holds a list, which stands in the document under this key.
    """
    reader = _Reader(shown)
    try:
        tree = reader.read(content.decode("utf-8-sig"))
        data = reader.flatten(tree, (listed,) if listed else ())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Problem(shown, "the file is not UTF-8; save it as UTF-8", "not-utf8", line)]
    except _Broken as broken:
        message, line = broken.args
        return None, [*reader.problems, Problem(shown, message, "yaml-syntax", line)]
    except yaml.YAMLError as error:
        return None, [*reader.problems, _syntax_problem(error, shown, len(content.splitlines()))]
    if listed and isinstance(data, list):
        data = {listed: data}
    elif listed or not isinstance(data, dict):
        expected = "a list; begin each item with '- '" if listed else "'key: value' pairs at the top of the file"
        reader.complain(f"expected {expected}", "yaml-syntax", 1)
        return None, reader.problems
    return YamlDocument(shown, data, reader.lines), reader.problems


class _Broken(Exception):
    """The file cannot be read any further; the arguments are a message and a line."""


@dataclass
class _Node:
    """A value and its line; the content of a mapping is, by key, the line of the key and its value."""

    line: int
    content: "str | list[_Node] | dict[str, tuple[int, _Node]]" = ""
    finished: bool = False


@dataclass
class _Reader:
    """Reads the events of one file and collects its problems."""

    path: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Place, int] = field(default_factory=dict)
    anchors: dict[str, _Node] = field(default_factory=dict)
    values: int = 0

    def complain(self, message: str, code: str, line: int) -> None:
        self.problems.append(Problem(self.path, message, code, line))

    def read(self, text: str) -> _Node:
        """Return the tree of the file's only document."""
        events = iter(yaml.parse(text, Loader=_LOADER))
        tree = _Node(1)
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Broken("the file has more than one YAML document; keep one", _line(event))
                tree = self._node(events, next(events), 0)
        if not documents:
            raise _Broken("the file is empty", 1)
        return tree

    def _node(self, events: Iterator[yaml.Event], event: yaml.Event, depth: int) -> _Node:
        if depth > MAX_DEPTH:
            raise _Broken("the file is nested too deeply", _line(event))
        if isinstance(event, yaml.AliasEvent):
            return self._anchored(event)
        node = _Node(_line(event))
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = node
        tag = getattr(event, "tag", None)
        if tag and tag != "!" and not tag.startswith(_CORE_TAGS):
            self.complain(f"YAML tags are not supported: {tag}", "yaml-tag", node.line)
        if isinstance(event, yaml.ScalarEvent):
            node.content = event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            node.content = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                node.content.append(self._node(events, event, depth + 1))
        else:
            node.content = self._pairs(events, depth)
        node.finished = True
        return node

    def _anchored(self, event: yaml.AliasEvent) -> _Node:
        node = self.anchors.get(str(event.anchor))
        if node is None or not node.finished:
            problem = "is not defined above" if node is None else "contains itself"
            raise _Broken(f"the anchor '{event.anchor}' {problem}", _line(event))
        return node

    def _pairs(self, events: Iterator[yaml.Event], depth: int) -> dict[str, tuple[int, _Node]]:
        pairs: dict[str, tuple[int, _Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            line = _line(event)
            key = self._node(events, event, depth + 1).content
            value = self._node(events, next(events), depth + 1)
            if not isinstance(key, str):
                self.complain("a key must be text", "yaml-key", line)
            elif key == "<<":
                self.complain("merge keys ('<<') are not supported; write the keys out", "yaml-key", line)
            elif key in pairs:
                self.complain(f"key '{key}' is given twice, first in line {pairs[key][0]}", "duplicate-key", line)
            else:
                pairs[key] = (line, value)
        return pairs

    def flatten(self, node: _Node, place: Place, line: int | None = None) -> Data:
        """Return the plain data of a tree, and note the line of every place."""
        self.lines[place] = line or node.line
        self.values += 1
        if self.values > MAX_VALUES:
            raise _Broken("the file has too many values", node.line)
        if isinstance(node.content, str):
            return node.content
        if isinstance(node.content, dict):
            return {key: self.flatten(value, (*place, key), at) for key, (at, value) in node.content.items()}
        return [self.flatten(item, (*place, number)) for number, item in enumerate(node.content)]


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _syntax_problem(error: yaml.YAMLError, shown: str, last_line: int) -> Problem:
    """Return a YAML error in one line, with advice about tabs and quotes."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    if "start any token" in reason:
        reason += "; indent with spaces, not tabs, and quote text that begins with @, ` or %"
    if "mapping values" in reason:
        reason += "; quote text with a colon and a space in it, and begin keys of one level in one column"
    line = min(int(mark.line) + 1, last_line) if mark else None
    return Problem(shown, f"this is not valid YAML: {reason}", "yaml-syntax", line)
