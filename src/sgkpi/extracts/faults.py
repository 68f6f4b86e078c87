"""A file that cannot be taken as it stands."""

from sgkpi.model.problems import Problem


class FileFault(Exception):
    """What is wrong with one file; it does not stop the others, and becomes a problem of its table."""

    def __init__(self, message: str, code: str) -> None:
        self.message = message
        self.code = code
        super().__init__(message)

    def problem(self, path: str) -> Problem:
        """The fault as a problem of the file at `path`."""
        return Problem(path, self.message, self.code)
