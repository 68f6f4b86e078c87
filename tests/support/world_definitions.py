"""Indicators made at random, each of them well formed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sgkpi.model.units import ValueUnit
from tests.support.world_choices import Choices
from tests.support.world_expressions import WORKING_DAYS, Expressions, Names

Definition = dict[str, Any]

LIMITS = [
    "24 hours", "1 day", "1 working day", "1 week", "1 month", "0 days", "5 working days", "6 months", "72 hours",
    "1 hour", "0 hours", "3 days", "0 working days", "2 weeks", "12 months", "23 hours", "25 hours", "0 months",
    "7 working days", "2000 hours", "30 days",
]  # fmt: skip
# How far the days and moments of most cells lie apart: what is counted `within` so much stands or falls with them.
APART = ["1 day", "4 days", "3 days", "1 month", "24 hours", "1 working day", "23 days", "27 days", "2 working days"]
BANDS = [["1", "5"], ["0", "1", "5", "10"], ["0.5", "1.5", "3"], ["5"], ["-1", "0", "2"], ["0", "1", "2"], ["1000"]]
BOUNDS = [("90%", "80%"), ("1", "0.5"), ("50%", "50%"), ("3", "2"), ("33.4%", "0")]
WORDS: Mapping[str, Any] = {
    "question": "How many?",
    "theme": "made_up",
    "answers": {"paragraphs": ["3", "47"], "points": ["2"]},
    "basis": ["A local choice"],
    "owner": "Nobody",
    "review_by": "2027-03-31",
}
KEEPS = ["latest", "earliest", "active", "count", "only"]
DATED = ("date", "datetime")


def codes_of(column: Mapping[str, Any]) -> list[str]:
    """The codes that a declared column has."""
    return list(column.get("codes") or ())


def names_of(
    table: Definition, related: Mapping[str, tuple[Definition, bool]], moment: tuple[str, str] | None
) -> Names:
    """What an expression over a table may name; `related` holds a table and whether it is only counted."""
    by_kind: dict[str, list[str]] = {}
    codes = {}
    for prefix, columns in [
        ("", table),
        *((f"{name}.", one) for name, (one, counted) in related.items() if not counted),
    ]:
        for name, column in columns["columns"].items():
            by_kind.setdefault(column["type"], []).append(prefix + name)
            codes[prefix + name] = codes_of(column)
    for name, (_, counted) in related.items():
        if counted:
            by_kind.setdefault("integer", []).insert(0, f"{name}.count")
    if moment:
        by_kind.setdefault(moment[1], []).append(moment[0])
    return Names(by_kind, codes)


def names_due(definition: Mapping[str, Any]) -> bool:
    """Whether an indicator names when its clock runs out, or may do so by a condition that it shares."""
    said = [definition.get(key) for key in ("exclude", "because", "by")]
    return re.search(r"\bdue\b|\$", repr(said)) is not None


def make_target(choose: Choices, measure: str, unit: str | None) -> Definition:
    """Which way is better, and what is aimed at; a share is at most 1, and what nobody reads as one has no %."""
    improvement = choose.pick(["none", "increase", "decrease"])
    if improvement == "none" or choose.chance(40):
        return {"improvement": improvement}
    pairs = BOUNDS
    if measure == "proportion" or unit == "percent":
        pairs = [pair for pair in BOUNDS if pair != ("3", "2")]
    elif measure == "count" or unit is not None:
        pairs = [pair for pair in BOUNDS if "%" not in "".join(pair)]
    first, second = choose.pick(pairs)
    if improvement == "decrease":
        first, second = second, first
    pair, national = {"green": first, "amber": second}, {"green": second, "set_by": "national"}
    target = choose.pick([pair, {"green": first, "set_by": "local"}, {"2018-12": national, "2019-02": pair}])
    return {"improvement": improvement, "target": target}


def make_words(choose: Choices) -> Definition:
    """What is there for people to read, now and then."""
    return {key: text for key, text in WORDS.items() if choose.chance(5)}


def make_phases(choose: Choices) -> Definition:
    """When figures are settled, and the phases of the control chart, now and then."""
    phases: Definition = {}
    if choose.chance(15):
        phases["settles_after"] = choose.pick(["0 days", "1 day", "3 days", "10 days", "400 days"])
    if choose.chance(5):
        phases["rebase"] = [{"from": month, "reason": "Made up"} for month in choose.some(["2018-10", "2019-02"], 60)]
    if choose.chance(5):
        phases["baseline"] = {"from": "2017-04", "to": choose.pick(["2018-03", "2018-09"])}
    return phases


class IndicatorMaker:
    """Makes one indicator over some tables."""

    def __init__(self, choose: Choices, tables: Mapping[str, Definition]) -> None:
        self.choose = choose
        self.tables = tables
        self.table = "cases" if not choose.chance(15) else "rows"
        self.is_stock = choose.chance(40)
        self.moment = ("reference_day", "date") if self.is_stock else ("as_of", "datetime")
        self.related: dict[str, Definition] = {}
        self.due: str | None = None  # the kind of what `due` gives

    def make(self) -> Definition:
        """A well-formed definition."""
        choose = self.choose
        self._relate()
        measure = choose.pick(["proportion", "proportion", "proportion", "count", "mean", "median", "maximum", "ratio"])
        definition: Definition = {"title": "t", "table": self.table, "measure": measure}
        if measure not in ("proportion", "count") and choose.chance(20):
            definition["unit"] = choose.pick(list(ValueUnit)).value
        definition |= make_target(choose, measure, definition.get("unit")) | make_words(choose) | self._placed()
        if self.related:
            definition["related"] = self.related
        if choose.chance(20):
            definition["population"] = self.expressions.condition()
        if choose.chance(20):
            definition["not_due"] = self.expressions.condition()
        if measure == "proportion":
            definition |= self._proportion(definition)
        elif measure != "count":
            definition["value"] = self.expressions.make(choose.pick(["integer", "number"]))
        if measure == "ratio":
            definition["per"] = self.expressions.make(choose.pick(["integer", "number"]))
        if choose.chance(25):
            names = choose.pick([["left_out"], ["left_out", "moved"]])
            definition["exclude"] = {name: self.with_due.condition() for name in names}
        if self.due is not None and choose.chance(35):
            definition.setdefault("exclude", {})["ended_first"] = self._by_due()
        breakdowns = self._breakdowns()
        definition |= {"by": breakdowns} if breakdowns else {}
        return definition | self._examples(definition)

    def _examples(self, definition: Definition) -> Definition:
        """An example, which changes no figure, whether it holds or not."""
        if not self.choose.chance(10):
            return {}
        example: Definition = {"is": "met", self.table: {"id": "1"}, "as_of": "2019-03-04 07:00"}
        if "because" in definition and self.choose.chance(50):
            against = "met" if definition["improvement"] == "decrease" else "not_met"
            example |= {"is": against, "because": "late"}
        return {"examples": [example | ({"reference_day": "2019-02-28"} if self.is_stock else {})]}

    @property
    def columns(self) -> Mapping[str, Any]:
        return self.tables[self.table]["columns"]

    @property
    def names(self) -> Names:
        related = {name: (self.tables[one["table"]], one["keep"] == "count") for name, one in self.related.items()}
        return names_of(self.tables[self.table], related, self.moment)

    @property
    def expressions(self) -> Expressions:
        return Expressions(self.choose, self.names)

    @property
    def with_due(self) -> Expressions:
        """Expressions that may name when the clock runs out, often enough."""
        names = self.names
        if self.due is None:
            return self.expressions
        named = {**names.by_kind, self.due: [*names.of(self.due), *["due"] * 4]}
        return Expressions(self.choose, Names(named, names.codes))

    def _by_due(self) -> str:
        """A date or moment, compared with when the clock runs out."""
        moment = self.expressions.leaf(self.due or "date")
        return f"{moment} {self.choose.pick(['<=', '<', '>', '='])} due"

    def _dated(self, *kinds: str) -> list[str]:
        return [name for name, column in self.columns.items() if column["type"] in (kinds or DATED)]

    def _placed(self) -> Definition:
        if self.is_stock:
            dated = self._dated()
            spell = {"cases": ("opened", "closed"), "rows": ("begun", "ended")}[self.table]
            if self.choose.chance(20):
                spell = (self.choose.pick(dated), self.choose.pick(dated))
            return {"point_in_time": {"from": spell[0], "to": spell[1]}}
        if self.choose.chance(25):
            return {"period": "due", "clock": self._clock()}
        return {"period": self.choose.pick(self._dated())}

    def _proportion(self, definition: Definition) -> Definition:
        parts: Definition = {}
        if "clock" not in definition:
            parts = {"met": self.expressions.condition()} if self.choose.chance(35) else {"clock": self._clock()}
        if self.choose.chance(30):
            parts["because"] = {name: self.with_due.condition(1) for name in ("late", "other")}
            if self.due is not None and self.choose.chance(40):
                parts["because"]["late"] = self._by_due()
        return parts

    def _clock(self) -> Definition:
        if self.choose.chance(35):
            return self._due_clock()
        within = self.choose.pick(LIMITS)
        self.due = "datetime" if "hour" in within else "date"
        kinds = ("datetime",) if "hour" in within else DATED
        clock: Definition = {"start": self._end(*kinds), "stop": self._end(*kinds), "within": within}
        return self._maybe_without_stop(clock)

    def _due_clock(self) -> Definition:
        self.due = kind = self.choose.pick(DATED)
        clock: Definition = {"due": self.expressions.make(kind), "stop": self._moment(kind)}
        if clock["due"] == "null":
            clock["due"] = self.expressions.leaf(kind)
        kinds = ("datetime",) if kind == "datetime" else DATED
        clock["stop"] = self._end(*kinds)
        if self.choose.chance(60):
            clock["start"] = self._end(*kinds)
        return self._maybe_without_stop(clock)

    def _maybe_without_stop(self, clock: Definition) -> Definition:
        if self.is_stock and self.choose.chance(50):
            del clock["stop"]
        return clock

    def _end(self, *kinds: str) -> str:
        """The start or stop of a clock: a column mostly, sometimes an expression."""
        made = self.expressions.make(self.choose.pick(kinds)) if self.choose.chance(25) else "null"
        return self._moment(*kinds) if made == "null" else made

    def _moment(self, *kinds: str) -> str:
        names = [name for name in self.names.of(*kinds) if name not in ("as_of", "reference_day")]
        return self.choose.pick(names)

    def _relate(self) -> None:
        for number in range(self.choose.pick([0, 0, 1, 1, 2])):
            name = ["it", "other"][number]
            self.related[name] = self._one_related()

    def _one_related(self) -> Definition:
        choose = self.choose
        table = choose.pick(["rows", "rows", "rows", "cases"])
        keep = choose.pick(KEEPS)
        dated = [name for name, column in self.tables[table]["columns"].items() if column["type"] in DATED]
        related: Definition = {"table": table, "keep": keep}
        counts_spells = keep == "count" and choose.chance(40)
        if (keep in ("latest", "earliest", "count") and not counts_spells) or (keep == "only" and choose.chance(30)):
            related["date"] = choose.pick(dated)
        if keep == "active" or counts_spells:
            spell = {"cases": ("opened", "closed"), "rows": ("begun", "ended")}[table]
            related |= {"from": spell[0], "to": spell[1]}
            if keep == "active" and choose.chance(40):
                related["merge"] = "adjacent"
        self._bound(related, keep)
        if choose.chance(35):
            names = names_of(self.tables[table], {}, self.moment)
            related["where"] = Expressions(choose, names).condition(1)
        if choose.chance(15):
            related["on"] = choose.pick(["link", "person"])
        if choose.chance(10):
            related["looks_back"] = choose.pick(LIMITS)
        if choose.chance(5):
            related["label"] = "The other"
        return related

    def _bound(self, related: Definition, keep: str) -> None:
        dated = self._dated()
        must = not self.is_stock and keep != "only"
        may = keep != "only" or "date" in related
        if must or (may and self.choose.chance(30)):
            options = [*dated, self.moment[0], self.moment[0]]
            related["until"] = self._expression_of(options)
        if keep in ("latest", "earliest", "count") and "date" in related and self.choose.chance(25):
            related[self.choose.pick(["after", "since"])] = self._expression_of(dated)
        if keep == "count" and self.choose.chance(60):
            limits = APART if self.choose.chance(70) else LIMITS
            related["within"] = self.choose.pick([each for each in limits if "date" in related or "hour" not in each])

    def _expression_of(self, plain: Sequence[str]) -> str:
        """A bound: one of some names or, now and then, an expression that may name the related rows above."""
        if not self.choose.chance(35):
            return self.choose.pick(plain)
        if self.choose.chance(50):  # so that several related rows may look up working days
            sign, limit = self.choose.pick(["+", "-"]), self.choose.pick(WORKING_DAYS)
            return f"{self.expressions.leaf('date')} {sign} interval {limit}"
        kind = self.choose.pick(DATED)
        made = self.expressions.make(kind, 1)
        return self.expressions.leaf(kind) if made == "null" else made

    def _breakdowns(self) -> Sequence[Any]:
        plain = [name for name in ("team", "source", "urgent", "id", "n") if name in self.columns]
        breakdowns: list[Any] = [*self.choose.some(plain, 20)]
        if self.choose.chance(35):
            number = self.with_due.make(self.choose.pick(["integer", "number"]))
            breakdowns.append({"banded": {"value": number, "bands": self.choose.pick(BANDS)}})
        if self.choose.chance(35):
            kind = self.choose.pick(["boolean", "text", "category", "integer", "number", "date", "month", "datetime"])
            made = self.with_due.make(kind)
            breakdowns.append({"made": f"{made} + interval 1 day" if made == "due" else made})
        return breakdowns + [{name: shown} for name, shown in self._of_related() if self.choose.chance(60)]

    def _of_related(self) -> Iterator[tuple[str, str]]:
        """What shows which related row was kept, or how many there are, without an expression around it."""
        for name, related in self.related.items():
            column = "count" if related["keep"] == "count" else self.choose.pick(["id", "note", "team", "score", "n"])
            if column == "count" or column in self.tables[related["table"]]["columns"]:
                yield f"of_{name}", f"{name}.{column}"
