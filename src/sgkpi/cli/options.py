"""The options of commands, and how their texts are read."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from sgkpi.cli.complete import (
    complete_breakdown,
    complete_breakdowns,
    complete_columns,
    complete_ids,
    complete_kinds,
    complete_months,
    complete_ratings,
    complete_teams,
    complete_themes,
)
from sgkpi.model import periods
from sgkpi.model.errors import UsageError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.problems import did_you_mean
from sgkpi.model.request import MOST_HISTORY
from sgkpi.model.selection import Selection

_OUTCOMES = [outcome.value for outcome in Outcome]
# What Windows makes of "C:\extracts\" in a command line: the rest of it is part of the path.
_SWALLOWED = re.compile(r'"(\s+-|$)')


def as_parameters(options: Mapping[str, tuple[Any, object]]) -> list[Parameter]:
    """Return options as parameters of a command, each with its annotation and its default."""
    return [Parameter(name, Parameter.KEYWORD_ONLY, annotation=of, default=to) for name, (of, to) in options.items()]


def named_path(text: str) -> Path:
    """Return the path that an option names; an empty one would mean the working directory."""
    if not text.strip():
        raise typer.BadParameter(
            "the path is empty; give one, or omit the option (is a variable of your script unset?)"
        )
    if _SWALLOWED.search(text) and not os.path.lexists(text):
        advice = "on Windows a \\ before the closing one keeps the text open; leave it out"
        raise typer.BadParameter(f"'{text}' has a quotation mark in it: {advice}")
    return Path(text)


def is_typed(context: typer.Context, name: str) -> bool:
    """Return whether an option, by the name of its parameter, was given on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


class EngineName(StrEnum):
    """The engines that compute figures."""

    DUCKDB = "duckdb"
    REFERENCE = "reference"


_ENGINES = [engine.value for engine in EngineName]


def one_of(names: Sequence[str]) -> Callable[[str], str]:
    """Return the parser of an option that takes one of these names."""

    def parse(text: str) -> str:
        if text not in names:
            raise typer.BadParameter(f"'{text}' is not one of {', '.join(names)}")
        return text

    return parse


def _engine(text: str) -> EngineName:
    return EngineName(one_of(_ENGINES)(text))


DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", "-d", metavar="DIR", envvar="SGKPI_DATA", parser=named_path,
        help="The extract: a folder, or a workbook (.xlsx).",
    ),
]  # fmt: skip
CatalogueOption = Annotated[
    Path | None,
    typer.Option(
        "--catalogue", metavar="DIR", envvar="SGKPI_CATALOGUE", parser=named_path,
        help="The folder of definitions (default: those that come with sgkpi).",
    ),
]  # fmt: skip
SnapshotsOption = Annotated[
    Path | None,
    typer.Option(
        "--snapshots", metavar="DIR", envvar="SGKPI_SNAPSHOTS", parser=named_path,
        help="The folder of snapshots (default: `snapshots` in sgkpi.toml).",
    ),
]  # fmt: skip
CommentaryOption = Annotated[
    Path | None,
    typer.Option(
        "--commentary", metavar="DIR", envvar="SGKPI_COMMENTARY", parser=named_path,
        help="The folder of commentary (default: `commentary` in sgkpi.toml, or beside the definitions).",
    ),
]  # fmt: skip
BoardOption = Annotated[
    Path | None,
    typer.Option(
        "--board", metavar="FILE", envvar="SGKPI_REPORT_BOARD", parser=named_path,
        help="The improvement board (default: the one in `boards` of the definitions).",
    ),
]  # fmt: skip
CasesFolderOption = Annotated[
    Path | None,
    typer.Option(
        "--cases", metavar="DIR", envvar="SGKPI_SNAPSHOT_CASES", parser=named_path,
        help="The private folder for sealed cases (default: beside the snapshots, DIR.private).",
    ),
]  # fmt: skip
FailOnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on", metavar="GATE", envvar="SGKPI_SNAPSHOT_FAIL_ON",
        help="Gates that stop the snapshot if they fail: exit code 1, and nothing is written.",
    ),
]  # fmt: skip
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", envvar="SGKPI_AS_OF",
        help="Use only what was known by the end of this date, or by this time (2019-03-04T07:00).",
    ),
]  # fmt: skip
EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine", metavar=f"<{'|'.join(_ENGINES)}>", envvar="SGKPI_ENGINE", parser=_engine,
        autocompletion=lambda: _ENGINES, help="The engine that computes the figures.",
    ),
]  # fmt: skip
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to a file, in the format of its ending.", parser=named_path
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
CsvFlag = Annotated[bool, typer.Option("--csv", help="Short for --format csv.")]
PlainFlag = Annotated[
    bool, typer.Option("--plain", help="For screen readers: words only, one fact a line; or set SGKPI_PLAIN=1.")
]
NoPagerFlag = Annotated[bool, typer.Option("--no-pager", help="Print a long screen whole, without a pager.")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors on stderr.")]
WidthOption = Annotated[
    int | None,
    typer.Option(
        "--width",
        min=40,
        metavar="N",
        help="The width of screens, also in a pipe or a file (default: COLUMNS, or that of the terminal).",
    ),
]
ShowValuesFlag = Annotated[
    bool, typer.Option("--show-values", help="Show the contents of unreadable cells in messages.")
]
MonthOption = Annotated[
    list[str] | None,
    typer.Option(
        "--month", "-m", metavar="YYYY-MM", autocompletion=complete_months,
        help="Months (default: the last complete one at the as-of time).",
    ),
]  # fmt: skip
OneMonthOption = Annotated[
    list[str] | None,
    typer.Option(
        "--month", "-m", metavar="YYYY-MM", autocompletion=complete_months,
        help="The month (default: the last complete one at the as-of time).",
    ),
]  # fmt: skip
HistoryOption = Annotated[
    int, typer.Option("--history", min=0, max=MOST_HISTORY, metavar="N", help="Add the N months before each.")
]
PeriodOption = Annotated[
    list[str] | None,
    typer.Option(
        "--period", metavar="KIND", autocompletion=complete_kinds,
        help="month, quarter, financial_year, year_to_date, rolling_12_months (default: month).",
    ),
]  # fmt: skip
OnePeriodOption = Annotated[
    list[str] | None,
    typer.Option(
        "--period", metavar="KIND", autocompletion=complete_kinds,
        help="month, quarter, financial_year, year_to_date or rolling_12_months (default: month).",
    ),
]  # fmt: skip
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where", metavar="NAME=VALUE", autocompletion=complete_columns,
        help="Only cases of this category, as team=North; reason and person can be given too.",
    ),
]  # fmt: skip
ByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by", metavar="NAME", autocompletion=complete_breakdowns,
        help="Break figures down, for example by team; `all` for every breakdown; \"team*source\" for two at once.",
    ),
]  # fmt: skip
OneBreakdownOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by", metavar="NAME", autocompletion=complete_breakdown,
        help="The breakdown whose categories are compared, such as team.",
    ),
]  # fmt: skip
OutcomeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome", metavar="NAME", autocompletion=lambda: _OUTCOMES,
        help=f"{', '.join(_OUTCOMES)} (default: all).",
    ),
]  # fmt: skip
WithinOption = Annotated[
    int,
    typer.Option(
        "--within", min=0, metavar="DAYS",
        help="How many calendar days after the as-of date to look; that date itself is included.",
    ),
]  # fmt: skip
TeamOption = Annotated[
    list[str] | None,
    typer.Option(
        "--team", metavar="TEAM", autocompletion=complete_teams,
        help="Only cases of this team; short for --where team=TEAM.",
    ),
]  # fmt: skip
ThemeOption = Annotated[
    list[str] | None,
    typer.Option("--theme", metavar="NAME", autocompletion=complete_themes, help="Only indicators of these themes."),
]
AnswersOption = Annotated[
    list[str] | None,
    typer.Option("--answers", metavar="N", help="Only indicators that answer these paragraphs of the inspection."),
]
PointOption = Annotated[
    list[str] | None,
    typer.Option("--point", metavar="N", help="Only indicators that answer these points of the inspection."),
]
RatingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rating", metavar="NAME", autocompletion=complete_ratings,
        help="Only what has one of these ratings: red, amber, green or not_rated.",
    ),
]  # fmt: skip
IdArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="An indicator, or a unique beginning of its id.", autocompletion=complete_ids),
]
IdsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID", help="Indicators, or unique beginnings of ids (default: all).", autocompletion=complete_ids
    ),
]


_A_SNAPSHOT = "A snapshot: 2019-02 (its newest revision), 2019-02-r1, latest, previous, or its folder."
SnapshotArgument = Annotated[str, typer.Argument(metavar="S", help=_A_SNAPSHOT)]
OneSnapshotArgument = Annotated[str | None, typer.Argument(metavar="S", help=f"{_A_SNAPSHOT} Default: all.")]


def split_list(option: str, texts: Iterable[str] | None) -> tuple[str, ...]:
    """Split the values of an option that takes commas and repetition; each once, in the order given.

    Raises UsageError where the option is given without a value: a script's variable may be unset, and the
    default is not what was meant.
    """
    written = list(texts or ())
    parts = (part.strip() for text in written for part in text.split(","))
    named = tuple(dict.fromkeys(part for part in parts if part))
    if written and not named:
        raise UsageError(f"{option}: this is empty; give a value, or omit it")
    return named


def parse_text(option: str, text: str) -> str:
    """Return the text of an option on one line; raise UsageError where it is empty."""
    if not (words := " ".join(text.split())):
        raise UsageError(f"{option}: this is empty; give a value, or omit it")
    return words


def parse_months(texts: Iterable[str] | None, option: str = "--month") -> tuple[Month, ...] | None:
    """Return the months that an option names; None when it is not given."""
    try:
        months = tuple(Month.parse(part) for part in split_list(option, texts))
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
    for month in months:
        if month.year < periods.EARLIEST_YEAR:
            raise UsageError(f"{option}: the year {month.year:04d} is too early for any extract")
    return months or None


def parse_month(texts: Iterable[str] | None, option: str = "--month") -> Month | None:
    """Return the month of a command that takes one; None when it is not given."""
    months = parse_months(texts, option)
    if months is not None and len(months) > 1:
        raise UsageError(f"{option}: give one month, not {len(months)}")
    return months[0] if months else None


def parse_kinds(texts: Iterable[str] | None) -> tuple[PeriodKind, ...]:
    """Return the kinds of period that `--period` names; months when it is not given."""
    names = parse_names("--period", "kind of period", texts, [kind.value for kind in PeriodKind])
    return tuple(map(PeriodKind, names)) or (PeriodKind.MONTH,)


def parse_names(option: str, what: str, texts: Iterable[str] | None, known: Sequence[str]) -> list[str]:
    """Return the known names that an option lists; UsageError, with the nearest, for another one."""
    spelt = {each.replace("-", "_"): each for each in known}
    names = [part.lower().replace("-", "_").replace(" ", "_") for part in split_list(option, texts)]
    for name in names:
        if name not in spelt:
            nearest = did_you_mean(name, known) or f"; use {', '.join(known)}"
            raise UsageError(f"{option}: no {what} '{name}'{nearest}")
    return [spelt[name] for name in names]


def parse_outcomes(texts: Iterable[str] | None) -> tuple[Outcome, ...]:
    """Return the outcomes that `--outcome` names."""
    return tuple(map(Outcome, parse_names("--outcome", "outcome", texts, _OUTCOMES)))


def parse_selection(
    theme: Iterable[str] | None, answers: Iterable[str] | None, point: Iterable[str] | None
) -> Selection:
    """Return the choice among indicators that `--theme`, `--answers` and `--point` make."""
    return Selection(
        split_list("--theme", theme), _parse_ordinals("--answers", answers), _parse_ordinals("--point", point)
    )


def _parse_ordinals(option: str, texts: Iterable[str] | None) -> tuple[int, ...]:
    numbers = split_list(option, texts)
    for number in numbers:
        if not (number.isascii() and number.isdecimal() and len(number) <= 6 and int(number)):
            raise UsageError(f"{option}: '{number}' is not a number from 1; write it as {option} 5")
    return tuple(map(int, numbers))


def parse_ratings(texts: Iterable[str] | None) -> frozenset[str]:
    """Return the ratings that `--rating` names; none when it is not given."""
    names = parse_names("--rating", "rating", texts, ["red", "amber", "green", "not_rated"])
    return frozenset(name.upper() for name in names)


def parse_as_of(text: str | None) -> datetime | None:
    """Return the as-of time in Europe/London; a date means the end of that day."""
    try:
        return None if text is None else periods.parse_as_of(text)
    except ValueError as error:
        raise UsageError(f"--as-of: {error}") from error


def today() -> date:
    """Return the date in Europe/London."""
    return datetime.now(UTC).astimezone(periods.LONDON).date()
