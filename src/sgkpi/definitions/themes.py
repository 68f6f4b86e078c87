"""The themes of a catalogue in their order, `themes.yaml`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, Field

from sgkpi.definitions import fields as f
from sgkpi.definitions.files import ANY_KEY, FileModel
from sgkpi.definitions.read_model import read_model
from sgkpi.definitions.yaml_text import read_yaml
from sgkpi.model.problems import Problem


class ThemeFile(FileModel):
    """A theme."""

    title: f.Text = Field(description="What people read in place of the theme's name.")


class ThemesFile(FileModel):
    """The themes in their order: `themes.yaml`."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, ThemeFile]
    parts: ClassVar[Mapping[str, type[FileModel]]] = {ANY_KEY: ThemeFile}


def read_themes(file: Path, shown: str) -> tuple[Mapping[str, str] | None, list[Problem]]:
    """Return the titles of the themes by name, in their order, and every problem; None if they are not listed."""
    if not os.path.lexists(file):
        return None, []
    document, problems = read_yaml(file, shown)
    if document is None:
        return None, problems
    content, context = read_model(ThemesFile, document)
    titles = {name: theme.title for name, theme in (content.model_extra or {}).items()} if content else {}
    return {name: titles.get(name, name) for name in document.data}, [*problems, *context.problems]
