"""The output of a command: its format, and stdout or a file, written whole or not at all."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar
from uuid import uuid4

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.pager import show_in_pager
from sgkpi.cli.streams import abandon, fit_encoding, plain_is_set, say, stdout, this_terminal, visible
from sgkpi.documents.write.formats import FORMATS, OFFERED, Format, write_records
from sgkpi.model.errors import UsageError

if TYPE_CHECKING:
    from sgkpi.documents.document import Document
    from sgkpi.documents.records import Records

Answer = TypeVar("Answer")
# The commands whose answers name cases or persons.
_PRIVATE = ("cases", "due", "why")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True)
class Output:
    """A format, and the file to write (None: stdout); a table may be asked for in `plain` words.

    A new file of a `private` answer can be read by its owner alone.
    """

    format: Format
    path: Path | None = None
    plain: bool = False
    private: bool = False

    @property
    def is_for_people(self) -> bool:
        """Whether a document is wanted, and not data."""
        return self.format is Format.TABLE

    def write_answer(
        self,
        answer: Answer,
        document: "Callable[[Answer], Document]",
        records: "Callable[[Answer], Records]",
        beside: Iterable[str] = (),
        *,
        paged: bool = False,
    ) -> None:
        """Write an answer as a document for people, which may be `paged`, or as data in the format asked for.

        Data cannot carry all that a document says: the lines `beside` them go to stderr.
        """
        if self.is_for_people:
            self.write_document(document(answer), paged=paged)
        else:
            say(*beside)
            self.write(write_records(records(answer), self.format))

    def write_document(self, document: "Document", *, paged: bool = False) -> None:
        """Write a document for people: for the terminal that there is, or in plain words.

        With `paged`, one that is longer than the terminal is shown in a pager.
        """
        if self.plain or plain_is_set():
            from sgkpi.documents.write.plain import write_plain

            text = write_plain(document)
        else:
            from sgkpi.documents.write.terminal.write import write_terminal

            text = write_terminal(document, this_terminal(to_file=self.path is not None))
        if self.path is not None or not paged or not show_in_pager(text):
            self.write(text)

    def write(self, content: str | bytes) -> None:
        """Write the content whole: to the file, or to stdout."""
        if self.path is None:
            write_stdout(content, as_text=self.is_for_people)
            return
        try:
            write_file(self.path, _as_bytes(content), private=self.private)
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        say(f"Wrote {self.path}")


def output_options(command: str) -> list[Parameter]:
    """Return the options of a command that say how its answer is written: the arguments of `choose_output`."""
    offered = OFFERED[command]
    names = [each.value for each in offered]

    def parse(text: str) -> Format:
        return Format(opt.one_of(names)(text))

    format_ = typer.Option("--format", help="The output format.", metavar=f"<{'|'.join(names)}>", parser=parse,
                           autocompletion=lambda: names)  # fmt: skip
    options: dict[str, tuple[Any, object]] = {
        "format_": (Annotated[Format | None, format_], None),
        "output": (opt.OutputOption, None),
        "json": (opt.JsonFlag, False),
        **({"csv": (opt.CsvFlag, False)} if Format.CSV in offered else {}),
        "plain": (opt.PlainFlag, False),
    }
    return opt.as_parameters(options)


def choose_output(
    command: str,
    format_: Format | None = None,
    output: Path | None = None,
    *,
    json: bool = False,
    csv: bool = False,
    plain: bool = False,
) -> Output:
    """Return the format asked for, else the one that the file's ending means, else a table, which alone can be plain.

    Raises UsageError where these contradict one another, or the output could not be written.
    """
    asked = [format_] if format_ else []
    asked += [Format.JSON] if json else []
    asked += [Format.CSV] if csv else []
    if len(set(asked)) > 1:
        raise UsageError(f"choose one format: {' or '.join(dict.fromkeys(asked))}")
    first = asked[0] if asked else None
    chosen = (first or Format.TABLE) if output is None else _format_of(output, first, OFFERED[command])
    if plain and chosen is not Format.TABLE:
        raise UsageError(f"--plain and {chosen} cannot be combined; --plain is for the table that people read")
    facts = FORMATS[chosen]
    if output is None and open_stdout().isatty() and facts.binary:
        raise UsageError(f"{facts.title} cannot be shown on a terminal; name a file, as -o file{facts.ending}")
    return Output(chosen, output, plain, private=command in _PRIVATE)


def choose_files(command: str, paths: Iterable[Path]) -> tuple[tuple[Path, Format], ...]:
    """Return the files to write of one answer, each with the format that its ending means.

    Raises UsageError where one could not be written, or two are the same.
    """
    files = dict[Path, tuple[Path, Format]]()
    for path in paths:
        format_ = _format_of(path, None, OFFERED[command], otherwise="")
        if path.resolve() in files:
            raise UsageError(f"-o {path}: this file is named twice")
        files[path.resolve()] = path, format_
    return tuple(files.values())


def _format_of(
    path: Path, asked: Format | None, offered: tuple[Format, ...], otherwise: str = ", or give --format"
) -> Format:
    """Return the format asked for, or the one that the file's ending means.

    `otherwise` is what else to do, where the command has the option `--format`.
    Raises UsageError where these contradict one another, as a file named as one format that holds another would be
    misread (`.txt` is text of any kind), or where the file could not be written.
    """
    if str(path) == "-":
        raise UsageError("-o -: to write to stdout, omit -o" + (" and give --format" if otherwise else ""))
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise _cannot_write(path, error) from error
    if is_folder:
        raise UsageError(f"-o {path}: this is a folder; name a file in it")
    meant = next((each for each, facts in FORMATS.items() if facts.ending == path.suffix.lower()), None)
    chosen = asked or meant
    if chosen is None or chosen not in offered:
        endings = ", ".join(facts.ending for each, facts in FORMATS.items() if each in offered)
        what = f"{path.suffix} files" if path.suffix else "a file without an ending"
        raise UsageError(f"-o {path}: cannot write {what}; use one of {endings}{otherwise}")
    both_text = meant is Format.TABLE and not FORMATS[chosen].binary
    if meant not in (None, chosen) and not both_text:
        raise UsageError(f"-o {path}: the file is named as {meant}, but the format is {chosen}; change one of them")
    if not path.parent.is_dir():
        raise UsageError(f"-o {path}: there is no folder '{path.parent}'; create it first")
    return chosen


def _cannot_write(path: Path, error: OSError) -> UsageError:
    return UsageError(f"-o {path}: cannot write the file: {error.strerror or error}")


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turn a failure to write in a folder into a UsageError that names the file."""
    try:
        yield
    except OSError as error:
        where = error.filename if error.filename is not None else folder
        raise UsageError(f"cannot write to '{where}': {error.strerror or error}") from error


def write_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file under a temporary name beside it, then move it into place; its mode and owner stay.

    A new file that is `private` can be read by its owner alone. Links are followed, except those that another user may
    have put into a shared folder. A device or pipe, such as /dev/stdout, is written to directly.
    """
    if _is_stream(path):
        with path.open("wb") as stream:
            stream.write(content)
        return
    temporary, target = _stage(path, content, private=private)
    try:
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_files(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write several files, or none of them where one cannot be written. Raises UsageError for that one."""
    staged, streams = list[tuple[Path, Path]](), list[tuple[Path, bytes]]()
    path = Path()
    try:
        for path, content in files:
            if _is_stream(path):
                streams.append((path, content))
            else:
                staged.append(_stage(path, content))
        for path, content in streams:
            write_file(path, content)
        for temporary, path in staged:
            temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def _stage(path: Path, content: bytes, *, private: bool = False) -> tuple[Path, Path]:
    """Write a file under a temporary name, and return that with the place beside it where it belongs."""
    if path.is_symlink() and path.parent.stat().st_mode & _OTHERS_WRITE and path.lstat().st_uid != _user():
        raise PermissionError(0, "a link of another user in a folder that others can write to is not followed")
    target = path.resolve()
    replaced = target.stat() if target.exists() else None
    mode = stat.S_IMODE(replaced.st_mode) if replaced else 0o600 if private else 0o666
    temporary = target.with_name(f".{target.name}.{uuid4().hex}.tmp")
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
        if replaced is not None:
            temporary.chmod(mode)
            with suppress(OSError, AttributeError):  # another's file: root alone may keep its owner; Windows has none
                os.chown(temporary, replaced.st_uid, replaced.st_gid)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, target


def _is_stream(path: Path) -> bool:
    """Whether a path is a device, a pipe or a stream that this process has open, such as /dev/stdout."""
    is_descriptor = path.is_absolute() and path.parts[1:2] in (("dev",), ("proc",))
    return path.exists() and (is_descriptor or not path.is_file())


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def open_stdout() -> TextIO:
    """Return stdout; raises UsageError if it is closed."""
    if (stream := stdout()) is None:
        raise UsageError("stdout is closed; there is nowhere to write to")
    return stream


def write_stdout(content: str | bytes, *, as_text: bool) -> None:
    """Write to stdout: text for people in its encoding, data as UTF-8 with Unix line ends.

    A reader such as `head` may close the pipe early without an error. Raises UsageError for any other
    failure, such as a full disk.
    """
    stream = open_stdout()
    try:
        if as_text or stream.isatty():
            text = content if isinstance(content, str) else content.decode()
            stream.write(fit_encoding(text if as_text else visible(text), stream.encoding))
        else:
            stream.flush()
            stream.buffer.write(_as_bytes(content))
        stream.flush()
    except BrokenPipeError:
        abandon(stream)
    except OSError as error:
        abandon(stream)
        raise UsageError(stdout_fault(error)) from error


def _as_bytes(content: str | bytes) -> bytes:
    """Return text as UTF-8; undecodable bytes of a file's name become escapes."""
    return content.encode(errors="backslashreplace") if isinstance(content, str) else content


def stdout_fault(error: OSError) -> str:
    """Return the message for a failure to write to stdout."""
    return f"cannot write to stdout: {error.strerror or error}"
