"""YAML in which every scalar is the text that was written, with the line where it stands."""

import pytest

from sgkpi.definitions.yaml_text import YamlDocument, parse_yaml


def parsed(text: str | bytes) -> YamlDocument:
    document, problems = parse_yaml(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    assert document is not None
    assert problems == []
    return document


def test_scalars_are_text() -> None:
    data = parsed("{a: no, b: 12:30, c: 01, d: 2019-02-01, on: ~, f: 1_000, g: 'x', h: 0x1F, i: .inf, 1: y}").data
    assert data == {
        "a": "no",
        "b": "12:30",
        "c": "01",
        "d": "2019-02-01",
        "on": "~",
        "f": "1_000",
        "g": "x",
        "h": "0x1F",
        "i": ".inf",
        "1": "y",
    }


def test_lines_are_those_of_keys_and_items() -> None:
    document = parsed("a: 1\nb:\n  c: >\n    long\n    text\n  d:\n    - x\n    - {y: z}\n")
    assert document.data == {"a": "1", "b": {"c": "long text\n", "d": ["x", {"y": "z"}]}}
    places = [("a",), ("b",), ("b", "c"), ("b", "d"), ("b", "d", 0), ("b", "d", 1), ("b", "d", 1, "y")]
    assert [document.line(*place) for place in places] == [1, 2, 3, 6, 7, 8, 8]
    assert document.line("b", "nothing", "here") == 2
    assert not document.has("b", "nothing")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa: 1\n", b"a: 1\r\n", b"a: 1"])
def test_byte_order_mark_and_line_endings_do_not_matter(content: bytes) -> None:
    assert parsed(content).data == {"a": "1"}


def test_an_anchor_may_be_used_again() -> None:
    assert parsed("a: &x {b: c}\nd: *x\n").data == {"a": {"b": "c"}, "d": {"b": "c"}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: \xff\xfe", "x.yaml:1: error: the file is not UTF-8; save it as UTF-8 [not-utf8]"),
        (b"a: &x [*x]", "x.yaml:1: error: the anchor 'x' contains itself [yaml-syntax]"),
        (b"a: *x", "x.yaml:1: error: the anchor 'x' is not defined above [yaml-syntax]"),
        (b"[" * 100_000, "x.yaml:1: error: the file is nested too deeply [yaml-syntax]"),
        (b"? [a]\n: b\n", "x.yaml:1: error: a key must be text [yaml-key]"),
        (b"a: 1\nb: 2\na: 3\n", "x.yaml:3: error: key 'a' is given twice, first in line 1 [duplicate-key]"),
    ],
)
def test_what_cannot_be_read_is_said(content: bytes, message: str) -> None:
    _, problems = parse_yaml(content, "x.yaml")
    assert [str(problem) for problem in problems] == [message]


def test_anchors_cannot_multiply_without_end() -> None:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 12)]
    _, problems = parse_yaml("\n".join(laughs).encode(), "x.yaml")
    assert [problem.message for problem in problems] == ["the file has too many values"]
