"""Errors of single files."""

from sgkpi.model.problems import Problem


class FileFault(Exception):
    """An error of one file, which becomes a problem of its table and does not stop the others."""

    def __init__(self, message: str, code: str) -> None:
        self.message = message
        self.code = code
        super().__init__(message)

    def problem(self, path: str) -> Problem:
        """Return the fault as a problem of the file at `path`."""
        return Problem(path, self.message, self.code)
