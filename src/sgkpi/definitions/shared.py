"""Read `shared.yaml`: the bands and conditions, by name, that several definitions use.

A condition has no table of its own, so its names are checked where it is used. Here its grammar is.
"""

import os
from collections import defaultdict
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from sgkpi.definitions import fields as f
from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.checks.shared import BANDS, CONDITIONS, Shared, Used
from sgkpi.definitions.expressions.faults import ExpressionFault
from sgkpi.definitions.expressions.parse import check_grammar
from sgkpi.definitions.expressions.scope import SharedCondition
from sgkpi.definitions.files import FileModel
from sgkpi.definitions.read_model import read_model
from sgkpi.definitions.yaml_text import read_yaml
from sgkpi.model.problems import Problem


class SharedFile(FileModel):
    """The content of `shared.yaml`."""

    bands: dict[f.Name, Annotated[tuple[f.Number, ...], Field(min_length=1), BeforeValidator(f.one_or_many)]] = Field(
        {}, description="The lower bounds of bands, in ascending order, by the name that stands under bands."
    )
    conditions: dict[f.Name, f.ExpressionText] = Field(
        {}, description="Conditions, by the name that stands after $ in an expression."
    )


def read_shared(file: Path, shown: str) -> tuple[Shared, list[Problem]]:
    """Return the shared parts in a file, and every problem in it; both are empty if there is no file."""
    if not os.path.lexists(file):
        return Shared(), []
    document, problems = read_yaml(file, shown)
    if document is None:
        # Whatever a definition names may stand in it.
        anything = defaultdict[str, SharedCondition](lambda: SharedCondition("", shown, is_wrong=True))
        return Shared(shown, conditions=anything, is_unreadable=True), problems
    content, context = read_model(SharedFile, document)
    content = content or SharedFile()
    wrong: set[Used] = set()
    for what, sound in ((BANDS, content.bands), (CONDITIONS, content.conditions)):
        wrong |= {(what, name) for name in context.left_out(what, sound)}
        context.distinct_names(what, sound)
    wrong |= {(BANDS, name) for name, bounds in content.bands.items() if not context.ascending(bounds, BANDS, name)}
    wrong |= {(CONDITIONS, name) for name, text in content.conditions.items() if not _is_grammar(name, text, context)}
    declared = {what: each for what in (BANDS, CONDITIONS) if isinstance(each := document.data.get(what), dict)}
    lines = {(what, name): document.line(what, name) for what, names in declared.items() for name in names}
    conditions = {
        name: SharedCondition(text, f"{shown}:{lines[CONDITIONS, name]}", is_wrong=(CONDITIONS, name) in wrong)
        for name, text in {**dict.fromkeys(declared.get(CONDITIONS, {}), ""), **content.conditions}.items()
    }
    return Shared(shown, content.bands, conditions, frozenset(wrong), lines), [*problems, *context.problems]


def _is_grammar(name: str, text: str, context: CheckContext) -> bool:
    try:
        check_grammar(text)
    except ExpressionFault as faults:
        for fault in faults.every:
            context.error(fault.message, fault.code, CONDITIONS, name, detail=fault.shown_in(text))
        return False
    return True
