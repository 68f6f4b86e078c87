"""The teams of an extract: which there are in the months of a report, and which one a name means."""

from sgkpi.answers.report.figures import TEAM, ReportFigures
from sgkpi.definitions.wording import category_name
from sgkpi.figures.figure import Figure
from sgkpi.model.errors import UsageError
from sgkpi.model.outcomes import NOT_LISTED, NOT_RECORDED, Outcome
from sgkpi.model.problems import did_you_mean


def teams_of(figures: ReportFigures) -> tuple[str, ...]:
    """Return the teams that have a case in the months of the report, by name."""
    months = {*figures.months}
    named = {
        each.category
        for each in figures.whole.figures
        if each.breakdown == TEAM and each.period.last in months and has_cases(each)
    }
    return tuple(sorted(name for name in named if name not in (None, NOT_RECORDED, NOT_LISTED)))


def has_cases(figure: Figure) -> bool:
    """Return whether any case has an outcome in a figure."""
    return any(getattr(figure, outcome.value) for outcome in Outcome)


def team_named(name: str, figures: ReportFigures) -> str:
    """Return the team of a name, written in whatever case; raise UsageError, with the nearest, if there is none."""
    teams = teams_of(figures)
    breakdowns = [each for indicator in figures.whole.indicators if (each := indicator.breakdown_named(TEAM))]
    known = {category_name(each, team).casefold(): team for each in breakdowns for team in teams}
    known |= {team.casefold(): team for team in teams}
    found = name if name in teams else known.get(" ".join(name.split()).casefold())
    if found is None:
        nearest = did_you_mean(name, teams) or (f"; there are {', '.join(teams)}" if teams else "; there are none")
        raise UsageError(f"no team '{name}' has a case in the months of the report{nearest}")
    return found
