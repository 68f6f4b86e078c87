"""The program `sgkpi`: its commands and exit codes.

0 done · 1 the answer is no · 2 command line · 10 definitions · 11 extract · 12 snapshot · 70 a bug in sgkpi
"""

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import wraps
from importlib import import_module
from inspect import cleandoc, signature
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from sgkpi import __version__
from sgkpi.cli import commands, signals
from sgkpi.cli import options as opt
from sgkpi.cli.commands import COMMANDS
from sgkpi.cli.complete import use_bash_script
from sgkpi.cli.output import choose_output, output_options, stdout_fault
from sgkpi.cli.settings import CACHE, cache_path
from sgkpi.cli.streams import abandon, complain, say, say_error, set_manner, stdout, write_whole
from sgkpi.definitions.cache import set_cache_dir
from sgkpi.model.errors import ExtractError, SgkpiError, UsageError

BUG = 70
DEBUG = "SGKPI_DEBUG"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sgkpi {__version__}")
        raise typer.Exit


def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Performance indicators for children's social care, from case-level extracts.

    To try it:
      sgkpi init my-project --sample     a project with definitions and a synthetic extract
      cd my-project
      sgkpi compute --month 2019-02      every indicator for a month
      sgkpi list                         the indicators that can be computed
      sgkpi COMMAND --help               examples and options of a command
    """


def make_app(names: Iterable[str] = COMMANDS, *, for_help: bool = False) -> typer.Typer:
    """Return the program with these commands, which are imported only here.

    `for_help` is the program with the commands' names and help alone: to import them all takes a while.
    """
    use_bash_script()
    # Help in plain text: it fits any width and any code page, and comes up without loading rich.
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(help=_as_help(program))(program)
    for name in names:
        if for_help:
            app.command(name, help=COMMANDS[name])(lambda: None)
        else:
            _add(app, name)
    return app


def _add(app: typer.Typer, name: str) -> None:
    """Add a command, with those below it if it has any."""
    module = import_module(f"{commands.__name__}.{name}")
    if not hasattr(module, "SUBCOMMANDS"):
        app.command(name, help=_as_help(module.run))(_as_command(module.run, name))
        return
    group = typer.Typer(rich_markup_mode=None)
    group.callback(invoke_without_command=True, help=_as_help(module.run))(_as_command(module.run, name))
    for below in module.SUBCOMMANDS:
        command = import_module(f"{module.__name__}.{below}").run
        group.command(below, help=_as_help(command))(_as_command(command, f"{name} {below}"))
    app.add_typer(group, name=name)


def run() -> None:
    """The entry point of the installed program."""
    write_whole()
    arguments = sys.argv[1:]
    is_completion = any(name.startswith("_SGKPI") for name in os.environ)
    if is_completion:  # it reads definitions, and runs no command
        _cache_definitions()
    if arguments and arguments[0] in COMMANDS:
        app = make_app(arguments[:1])
    else:
        app = make_app(for_help=arguments in ([], ["-h"], ["--help"]) and not is_completion)
    try:
        sys.exit(app(prog_name="sgkpi", standalone_mode=False))
    except KeyboardInterrupt:
        sys.exit(signals.INTERRUPTED)
    except TyperException as error:  # a command line that cannot be read: its message repeats what was typed
        shown = StringIO()
        error.show(shown)  # type: ignore[attr-defined]  # their class is not public
        complain(shown.getvalue().rstrip("\n"))
        sys.exit(error.exit_code)
    except SystemExit as ending:
        if not isinstance(ending.__context__, BrokenPipeError):
            raise
        abandon(stdout())  # the reader of the help has closed the pipe
        sys.exit()
    except OSError as error:  # help or the version, which no command of ours writes
        complain(f"error: {stdout_fault(error)}")
        abandon(stdout())
        sys.exit(UsageError.exit_code)


def _cache_definitions() -> None:
    """Cache checked definitions where the environment says, or say why not."""
    refused = set_cache_dir(cache_path(), create=bool(os.environ.get(CACHE)))
    if refused is not None:
        say(f"warning: definitions are not cached: {refused}; set {CACHE} to a folder of your own, or to `off`")


def _as_command(run: Callable[..., None], name: str) -> Callable[..., None]:
    """Wrap the `run` of a command, so that each way of failing has its message and exit code.

    It gets the options of every command, and for a parameter `destination` those of its output.
    """
    own = signature(run)
    of_output = output_options(name) if "destination" in own.parameters else []

    @wraps(run)
    def guarded(*arguments: object, quiet: bool = False, width: int | None = None, **options: Any) -> None:  # noqa: ANN401 - typer knows their types
        set_manner(quiet=quiet, width=width)
        try:
            if not getattr(options.get("context"), "invoked_subcommand", None):  # else a command follows, which does it
                _cache_definitions()
            if of_output:
                options["destination"] = choose_output(
                    name, **{each.name: options.pop(each.name) for each in of_output}
                )
            run(*arguments, **options)
        except (typer.Exit, typer.Abort):
            raise
        except SgkpiError as error:
            say_error(error)
            raise typer.Exit(error.exit_code) from error
        except Exception as error:
            if signals.exit_code() is not None:
                raise
            raise typer.Exit(_report(error)) from error

    of_all = opt.as_parameters({"quiet": (opt.QuietFlag, False), "width": (opt.WidthOption, None)})
    replaced = (of_output if each.name == "destination" else [each] for each in own.parameters.values())
    guarded.__signature__ = own.replace(parameters=[*chain(*replaced), *of_all])  # type: ignore[attr-defined]
    return guarded


def _as_help(function: Callable[..., None]) -> str:
    # Typer runs the lines of a paragraph together unless a backspace character precedes it.
    return re.sub(r"\n\n(?=[^\n]+:\n )", "\n\n\b\n", cleandoc(function.__doc__ or ""))


def _report(error: Exception) -> int:
    """Report a file that cannot be read or written, or a bug: its kind and place.

    The message of a bug is left out, as it may contain personal data. An OSError without a file is a bug.
    """
    if isinstance(error, OSError) and (error.filename is not None or error.errno is not None):
        where = f"{error.filename}: " if error.filename is not None else ""
        complain(f"error: {where}{error.strerror or error}")
        return ExtractError.exit_code
    if os.environ.get(DEBUG):
        complain("".join(traceback.format_exception(error)).rstrip())
        return BUG
    last = traceback.extract_tb(error.__traceback__)[-1]
    complain(
        f"error: sgkpi {__version__} failed: {type(error).__name__} at {Path(last.filename).name}:{last.lineno}",
        "This is a bug in sgkpi, not in your files. Please report it with the line above and the command you ran.",
        f"Set {DEBUG}=1 to see the full traceback; check it for personal data before you share it.",
    )
    return BUG
