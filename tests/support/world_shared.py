"""What definitions share: now and then conditions and bands of theirs stand in `shared.yaml`, and they name them."""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.world_choices import Choices

Definition = dict[str, Any]
Shared = dict[str, dict[str, Any]]
# A condition reads as if it stood in parentheses, so some of these bind more tightly than what it says.
USES = ["{0}", "{0}", "not {0}", "{0} and {0}", "{0} or {0}", "coalesce({0}, false)", "case when {0} then true end"]
_NAME = re.compile(r"\$(\w+)")


def share(choose: Choices, indicators: Mapping[str, Definition]) -> tuple[dict[str, Definition], Shared]:
    """The definitions, and what stands in `shared.yaml` in place of some of their parts."""
    maker = SharedMaker(choose)
    return {name: maker.indicator(each) for name, each in indicators.items()}, maker.shared


class SharedMaker:
    """Takes parts out of definitions, which then name them."""

    def __init__(self, choose: Choices) -> None:
        self.choose = choose
        self.shared: Shared = {}

    def indicator(self, definition: Definition) -> Definition:
        """A definition with the same tables and related rows."""
        changed, own = dict(definition), []
        for key in ("population", "not_due", "met"):
            if key in changed and self.choose.chance(20):
                own.append(name := self._condition(changed[key]))
                changed[key] = self._use(name)
        for key in ("exclude", "because"):
            changed |= {key: self._named(changed[key])} if key in changed else {}
        if "related" in changed:
            changed["related"] = {name: self._where(one) for name, one in changed["related"].items()}
        breakdowns = [self._bands(each) for each in changed.get("by", ())]
        for name in own:  # what the population may ask, a breakdown and an exclusion may ask as well
            if self.choose.chance(30):
                breakdowns.append({name: f"${name}"})
            if self.choose.chance(20):
                changed["exclude"] = {**changed.get("exclude", {}), "as_shared": self._use(name)}
        return {**changed, "by": breakdowns} if breakdowns else changed

    def _named(self, conditions: Mapping[str, str]) -> dict[str, str]:
        return {
            name: self._use(self._condition(text)) if self.choose.chance(15) else text
            for name, text in conditions.items()
        }

    def _where(self, related: Definition) -> Definition:
        if "where" not in related or not self.choose.chance(25):
            return related
        return {**related, "where": self._use(self._condition(related["where"]))}

    def _bands(self, breakdown: Any) -> Any:
        banded = breakdown.get("banded") if isinstance(breakdown, dict) else None
        if banded is None or not self.choose.chance(25):
            return breakdown
        return {"banded": {**banded, "bands": self._put("bands", banded["bands"])}}

    def _condition(self, text: str) -> str:
        return self._put("conditions", text)

    def _put(self, what: str, part: Any) -> str:
        """The name under which a part stands in `shared.yaml`."""
        parts = self.shared.setdefault(what, {})
        name = f"{what}_{len(parts)}"
        parts[name] = part
        return name

    def _use(self, name: str) -> str:
        is_null = self.shared["conditions"][name] == "null"  # of which `coalesce` would not know the type
        return (USES[0] if is_null else self.choose.pick(USES)).format(f"${name}")


def written_out(indicators: Mapping[str, Definition], shared: Mapping[str, Mapping[str, Any]]) -> dict[str, Definition]:
    """The definitions with everything that they share written where they use it."""
    conditions, bands = shared.get("conditions", {}), shared.get("bands", {})

    def whole(part: Any) -> Any:
        if isinstance(part, str):
            return _NAME.sub(lambda name: f"({conditions[name[1]]})", part)
        if isinstance(part, Mapping):
            return {key: _bounds(each) if key == "bands" else whole(each) for key, each in part.items()}
        return [whole(each) for each in part] if isinstance(part, list) else part

    def _bounds(named: Any) -> Any:
        return bands[named] if isinstance(named, str) else named

    return {name: whole(each) for name, each in indicators.items()}
