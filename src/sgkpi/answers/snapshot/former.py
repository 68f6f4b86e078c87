"""The definitions of a former snapshot, with today's extract as their tables read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sgkpi.answers.inputs import load_catalogue, open_extract
from sgkpi.definitions.load import CatalogueReading, read_catalogue
from sgkpi.extracts.extract import Extract
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem
from sgkpi.planning.availability import tables_of, why_unavailable, without_lacking_breakdowns
from sgkpi.snapshots.former import with_todays_names
from sgkpi.snapshots.sources import DEFINITIONS
from sgkpi.snapshots.store import Snapshot


@dataclass(frozen=True)
class FormerDefinitions:
    """The definitions of a snapshot that can be read, the problems of the others, and the extract."""

    snapshot: Snapshot
    catalogue: Catalogue
    extract: Extract
    problems: Sequence[Problem]

    @classmethod
    def of(cls, snapshot: Snapshot, extract: Extract, today: Catalogue) -> "FormerDefinitions":
        """Return the definitions of a snapshot, given today's extract and definitions.

        An extract that today's tables can read can be opened for the former, too: its files are found by today's names.
        """
        folder = snapshot.whole_folder(DEFINITIONS)
        try:
            reading = CatalogueReading(load_catalogue(folder), (), ())
        except DefinitionsError:
            reading = read_catalogue(folder)
        catalogue = with_todays_names(reading.catalogue, today.tables)
        return cls(snapshot, catalogue, open_extract(extract.path, catalogue), reading.problems)

    def indicator(self, today: Indicator) -> Indicator | str:
        """Return a former definition, without the breakdowns that the extract lacks; or why it cannot be computed."""
        indicator = self.catalogue.indicators.get(today.id)
        if indicator is None:
            is_there = today.id in self.snapshot.manifest.meanings
            return self._why_unreadable(today) if is_there else "the former definition is not with the snapshot"
        if lack := why_unavailable(indicator, self.extract):
            return f"the former definition {lack.reason}"
        return without_lacking_breakdowns(indicator, self.extract)[0]

    def _why_unreadable(self, today: Indicator) -> str:
        """Return why the former definition of an indicator is not there.

        The manifest keeps this, so the path that problems begin with must not be in it.
        """
        files = [f"{today.id}.yaml", *(f"tables/{name}.yaml" for name in tables_of(today))]
        found = [each for file in files for each in self.problems if each.path.endswith(f"/{file}")] or self.problems
        return f"the former definition cannot be read any more{''.join(f': {each.message}' for each in found[:1])}"
