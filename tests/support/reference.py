"""Writes docs/reference from tests/spec: `python -m tests.support.reference`, or `make reference`.

A chapter of the specification becomes a page. A test becomes a section: its name, what it says, the
definition, the tables and what came of them. What is the same as just above it is not said again.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import dedent

from tests.spec.pages import AS_OF, TABLES, Page, cells
from tests.spec.recording import Exhibit
from tests.support.chapters import Chapter, Section, chapters
from tests.support.markdown import code, heading, shown, table, yaml

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
MADE = "<!-- Made from tests/spec by `make reference`: change the tests, not this page. -->"
INTRODUCTION = f"""\
{MADE}

# Reference: the meaning, case by case

Every rule has a section here: a definition, small tables, and what comes of them. Nothing here was typed in. The pages
are made from the tests in `tests/spec`, which run on both engines whenever sgkpi changes, so what they say is what it
does.

How to read a section:

- Unless it says otherwise it is 4 March 2019, 07:00, and figures of February 2019 are asked for.
- The last column of a table of cases, *outcome*, is what became of each; `unknown`, `not_met` and `excluded` with their
  reasons; `–` where a case has none.
- A cell that shows nothing is blank; `null` in a figure means that there is no such number.
- What is not shown again is as in the block above it. A section with a table of cases shows the first of them in full.

## Chapters
"""
TABLES_TEXT = """
## The tables of these pages

Sections that do not declare a table use these:
"""


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    book = chapters()
    return {"README.md": index(book)} | {f"{each.name}.md": chapter_page(each) for each in book}


def index(book: Sequence[Chapter]) -> str:
    """The page that leads to the others."""
    lines = [f"- [{title(each)}]({each.name}.md): {_lower(introduction(each))}" for each in book]
    declared = [yaml(f"# tables/{name}.yaml\n{dedent(text).strip()}") for name, text in TABLES.items()]
    return "\n".join([INTRODUCTION, *lines, TABLES_TEXT, "\n\n".join(declared), ""])


def chapter_page(chapter: Chapter) -> str:
    """One chapter."""
    parts = [MADE, f"# {title(chapter)}", introduction(chapter)]
    parts += [part for section in chapter.sections for part in section_parts(section)]
    return "\n\n".join(part for part in parts if part) + "\n"


def title(chapter: Chapter) -> str:
    """What stands before the colon of the module's docstring."""
    return chapter.text.partition(":")[0]


def introduction(chapter: Chapter) -> str:
    """What stands after it."""
    text = chapter.text.partition(":")[2].strip()
    return text[:1].upper() + text[1:]


def section_parts(section: Section) -> Iterator[str]:
    """A section as blocks of Markdown."""
    yield f"## {heading(section.name)}"
    yield section.text
    if section.parameters:
        yield from _cases(section)
        yield "The first of them in full:" if len(section.cases) > 1 else ""
    yield from Shown().exhibits(section.cases[0].exhibits)


def _cases(section: Section) -> Iterator[str]:
    for names, rows in section.parameters:
        if len(names) == 1:
            yield f"For every *{heading(names[0]).lower()}* of: {', '.join(code(row[0]) for row in rows)}."
        else:
            yield table([heading(name).lower() for name in names], [[code(cell) for cell in row] for row in rows])


class Shown:
    """What a section has shown so far, so that nothing is said twice running."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {"setting": ""}

    def exhibits(self, exhibits: Sequence[Exhibit]) -> Iterator[str]:
        """The pages with their answers, in order."""
        for _, group in groupby(exhibits, key=lambda exhibit: _inputs(exhibit.page)):
            alike = list(group)
            page = alike[0].page
            outcomes = next((each.answer for each in alike if each.question == "outcomes"), None)
            yield from self._new("definition", yaml(definition_of(page)))
            if page.shared:
                yield from self._new("shared", yaml(f"# shared.yaml\n{page.shared.strip()}"))
            for name, text in page.declared.items():
                if TABLES.get(name) != text:
                    yield from self._new(f"declared {name}", yaml(f"# tables/{name}.yaml\n{dedent(text).strip()}"))
            if page.benchmarks:
                (header, *rows) = cells(page.benchmarks)
                yield from self._new("benchmarks", f"`benchmarks.csv`\n\n{table(header, rows)}")
            yield from self._new("setting", setting_of(page))
            yield from self._tables(page, outcomes if isinstance(outcomes, dict) else None)
            yield from dict.fromkeys(part for each in alike for part in answer_parts(each))

    def _tables(self, page: Page, outcomes: Mapping[str, str] | None) -> Iterator[str]:
        for name, text in page.tables.items():
            (header, *rows) = cells(text)
            if outcomes is not None and name == page.table:
                header, rows = with_outcomes(header, rows, page.key, outcomes)
                self.last.pop(name, None)
            yield from self._new(name, f"{code(name)}\n\n{table(header, rows)}")

    def _new(self, what: str, text: str) -> Iterator[str]:
        if self.last.get(what) != text:
            self.last[what] = text
            yield text or "As usual again:"


def _inputs(page: Page) -> tuple[object, ...]:
    return page.definition, setting_of(page), str(page.declared), str(page.tables), page.benchmarks, page.shared


def definition_of(page: Page) -> str:
    """The definition without the title that every page has."""
    lines = [line for line in page.definition.splitlines() if line.strip() and line != "title: A page"]
    return "\n".join(lines)


def setting_of(page: Page) -> str:
    """What is not as usual: the as-of time, the periods asked for, what the extract covers, closure days."""
    said = []
    if page.as_of_text != AS_OF:
        said.append(f"as of {page.as_of_text}" if page.as_of_text else "without `--as-of`")
    if page.extracted_at:
        said.append(f"`extracted_at = {page.extracted_at}`")
    months = [str(month) for month in page.months]
    if months != ["2019-02"]:
        said.append(f"asked for {', '.join(months)}")
    kinds = [kind.value for kind in page.kinds]
    if kinds != ["month"]:
        said.append(f"by {', '.join(kinds)}")
    said += [f"{code(name)} complete from {day}" for name, day in page.covers.items()]
    if page.closures:
        said.append(f"closed on {', '.join(line.split(',')[0] for line in page.closures.splitlines())}")
    return f"{_upper('; '.join(said))}:" if said else ""


def with_outcomes(
    header: list[str], rows: list[list[str]], key: str, outcomes: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    """A table of cases with a last column for what became of each."""
    known = {_compared(case): said for case, said in outcomes.items()}
    place = header.index(key)
    longest = max(len(row) for row in (header, *rows))
    (head, *padded) = [[*row, *[""] * (longest - len(row))] for row in (header, *rows)]
    return [*head, "outcome"], [[*row, code(known.get(_compared(row[place]), "–"))] for row in padded]


def _compared(key: str) -> str:
    return key.casefold().removesuffix(".0")


def answer_parts(exhibit: Exhibit) -> Iterator[str]:
    """An answer as blocks of Markdown; outcomes stand in their table already."""
    answer = exhibit.answer
    match exhibit.question:
        case "values":
            yield table(exhibit.names, [[shown(cell) for cell in row] for row in answer])
        case "categories":
            rows = [[shown(name), shown(value)] for name, value in answer.items()]
            yield table(exhibit.names, rows) if rows else f"By {code(exhibit.names[0])}: no rows."
        case "reasons":
            rows = [[*names, str(cases)] for names, cases in answer.items()]
            yield table(("outcome", "reason", "cases"), rows) if rows else "No case has a reason."
        case "unplaced":
            yield f"Unplaced: {answer[0]} blank, {answer[1]} unreadable."
        case "known_at":
            yield f"Known as of {answer[0]} (from: {answer[1]})."
        case "read":
            yield table(("table", "file", "rows", "unreadable cells"), [list(map(str, row)) for row in answer])
        case "replaced":
            yield table(("table", "replaced rows"), [(name, str(rows)) for name, rows in answer.items()])
        case "lint":
            about, today = exhibit.names
            yield f"On {today} `sgkpi lint` says, of {code(about)}:"
            yield "\n".join(f"- {line}" for line in answer or ["nothing"])
        case "error":
            yield f"This is an error:\n\n```text\n{answer}\n```"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def write(folder: Path = FOLDER) -> list[Path]:
    """Writes every page, and takes away what is none; gives the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    changed = [folder / name for name, text in wanted.items() if read(folder / name) != text]
    for path in changed:
        path.write_text(wanted[path.name], encoding="utf-8", newline="\n")
    return changed


def read(path: Path) -> str | None:
    """The text of a page; None when there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    for written in write():
        sys.stdout.write(f"{written.name}\n")
