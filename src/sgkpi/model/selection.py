"""A choice among the indicators of a catalogue: by theme, and by the paragraphs and points that they answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import Answers, Indicator
from sgkpi.model.problems import did_you_mean

_NOTHING = Answers()


@dataclass(frozen=True)
class Selection:
    """Themes, paragraphs and points; an indicator must match one of each that is given.

    Themes are matched without regard to case, with `_`, `-` and space the same.
    """

    themes: tuple[str, ...] = ()
    paragraphs: tuple[int, ...] = ()
    points: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.themes or self.paragraphs or self.points)

    @property
    def options(self) -> list[str]:
        """The options that make this choice."""
        chosen = (("--theme", self.themes), ("--answers", self.paragraphs), ("--point", self.points))
        return [word for option, values in chosen if values for word in (option, ",".join(map(str, values)))]

    def narrow(self, indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
        """Return the indicators that match. Raises UsageError for a theme, paragraph or point that none has."""
        themes = sorted({each.theme for each in indicators.values() if each.theme})
        for name in self.themes:
            if _folded(name) not in map(_folded, themes):
                there = f"; there are {', '.join(themes)}" if themes else "; no indicator says its theme"
                raise UsageError(f"--theme: no theme '{name}'{did_you_mean(name, themes) or there}")
        answers = [each.answers or _NOTHING for each in indicators.values()]
        _check_numbers("--answers", "paragraph", self.paragraphs, (each.paragraphs for each in answers))
        _check_numbers("--point", "point", self.points, (each.points for each in answers))
        return {name: each for name, each in indicators.items() if self._matches(each)}

    def _matches(self, indicator: Indicator) -> bool:
        answers = indicator.answers or _NOTHING
        return (
            (not self.themes or _folded(indicator.theme) in map(_folded, self.themes))
            and (not self.paragraphs or not set(self.paragraphs).isdisjoint(answers.paragraphs))
            and (not self.points or not set(self.points).isdisjoint(answers.points))
        )


EVERY = Selection()


def _folded(theme: str) -> str:
    return theme.casefold().replace("_", " ").replace("-", " ")


def _check_numbers(option: str, what: str, asked: Iterable[int], known: Iterable[Iterable[int]]) -> None:
    numbers = sorted({number for each in known for number in each})
    for number in asked:
        if number not in numbers:
            there = f"there are answers to {_spans(numbers)}" if numbers else "no definition says what it answers"
            raise UsageError(f"{option}: no indicator answers {what} {number}; {there}")


def _spans(numbers: Iterable[int]) -> str:
    """Return `1 to 5, 7`, of numbers in order."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(str(each[0]) if len(each) == 1 else f"{each[0]} to {each[-1]}" for each in spans)
