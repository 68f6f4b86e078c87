"""The errors that sgkpi raises for mistakes in its input.

    SgkpiError
    ├── UsageError         exit 2   the command line asks for something impossible
    ├── DefinitionsError   exit 10  the catalogue is wrong
    ├── ExtractError       exit 11  the extract is wrong, or lacks what is asked for
    └── SnapshotError      exit 12  a snapshot is wrong

Any other exception is a bug in sgkpi (exit 70).
"""

from collections.abc import Iterable

from sgkpi.model.problems import Problem, sort_problems


class SgkpiError(Exception):
    """An error that the user can correct, with every problem found."""

    exit_code = 70

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        self.message = message
        self.problems = sort_problems(problems)
        super().__init__("\n".join([message, *map(str, self.problems)]))


class UsageError(SgkpiError):
    """The command line asks for something impossible."""

    exit_code = 2


class DefinitionsError(SgkpiError):
    """The catalogue is wrong, or does not have what is asked for."""

    exit_code = 10


class ExtractError(SgkpiError):
    """The extract is wrong, or lacks what is asked for."""

    exit_code = 11


class SnapshotError(SgkpiError):
    """A snapshot is wrong."""

    exit_code = 12
