"""A manifest of nothing but made-up names, for the tests of the store."""

from datetime import date, datetime

from sgkpi.ledger.ledger import Unplaced
from sgkpi.model.periods import Month
from sgkpi.planning.availability import Unavailable
from sgkpi.snapshots import manifest as m

SHA = "5d0c91ae" + 56 * "0"


def a_manifest(**changes: object) -> m.Manifest:
    values: dict[str, object] = {
        "month": Month(2019, 2),
        "revision": 1,
        "sgkpi": "0.9",
        "engine": m.EngineRecord("duckdb", "2.0.0"),
        "as_of": datetime(2019, 3, 4, 7),
        "as_of_source": "extract.toml",
        "asked": m.RequestRecord(12, ("month", "year_to_date"), ("all",)),
        "extract": m.ExtractRecord(
            "case system",
            datetime(2019, 3, 4, 7),
            {"contacts": date(2018, 4, 1)},
            (m.TableRecord("contacts", 3, 1, ("id", "team"), True, (m.FileRecord("contacts.csv", 62, SHA),)),),
        ),
        "definitions": (m.DefinitionRecord("waits", "waits.yaml", SHA, SHA, SHA, ("received_at", "#duplicate")),),
        "calendar": m.CalendarRecord(date(2015, 1, 1), date(2021, 12, 31), SHA),
        "unavailable": (Unavailable("plans", "needs the table 'plans'"),),
        "unplaced": (Unplaced("waits", 1, 0),),
        "cases": m.CasesRecord("0a1b2c3d", 3, SHA),
        "checks": (m.CheckRecord("no_previous", "failed", "the store has no earlier snapshot"),),
        "files": (m.FileRecord("figures.csv", 120, SHA),),
        "content": SHA,
    }
    return m.Manifest(**{**values, **changes})  # type: ignore[arg-type]
