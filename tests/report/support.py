"""A small project for reports, whose figures are worked out by hand, and whose cells nobody may find in a report.

Contacts are to be decided within 24 hours. As of 4 March 2019, 07:00:

|          | North               | South                              | all                |
|----------|---------------------|------------------------------------|--------------------|
| January  | 8 of 10             | 5 of 5                             | 13 of 15, 86.7%    |
| February | 6 of 10             | 3 of 4, 1 of them open, 1 unknown  | 9 of 14, 64.3%     |

The open one was due on 11 February, 21 days before. 12 of 14 would be 85.7%, the first to reach Amber's 80%, and 13 of
14 are 92.9%, the first to reach Green's 90%.
"""

from collections.abc import Iterator
from pathlib import Path

CANARY = "CANARY"
TABLE = """\
description: Requests for a service about a child
key: [contact_id]
person: person_id
happened: received_at
columns:
  contact_id: {type: text}
  person_id: {type: text}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
  team: {type: text}
  source: {type: category, codes: {police: [], school: []}}
  born: {type: month}
"""
DECIDED = """\
title: Contacts decided within 24 hours
question: How many contacts had a decision within 24 hours?
theme: help
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
because: {not_decided: "decided_at is null", decided_late: "true"}
by: [team, source, person_id, born]
improvement: increase
target: {green: 90%, amber: 80%}
basis: ["Inspection 2019, paragraph 3"]
owner: Front door service manager
"""
RECEIVED = """\
title: Contacts received
theme: demand
table: contacts
period: received_at
measure: count
by: [team]
improvement: none
"""
BOARD = """\
title: Inspection of March 2019
since: 2019-01
points:
  - words: The timeliness of decisions
    paragraphs: [3]
    indicators: [decided]
    supporting: [received]
  - words: The quality of assessments
    evidence: Audits say it
"""
SETTINGS = """\
extracted_at = 2019-03-04T07:00:00
source = "By hand"
[covers]
contacts = 2018-10-01
"""


def write_project(folder: Path) -> Path:
    """Write the project into a folder; its settings name data and definitions."""
    (folder / "indicators" / "tables").mkdir(parents=True)
    (folder / "indicators" / "boards").mkdir()
    (folder / "data").mkdir()
    texts = {
        "indicators/tables/contacts.yaml": TABLE,
        "indicators/decided.yaml": DECIDED,
        "indicators/received.yaml": RECEIVED,
        "data/contacts.csv": contacts(),
        "data/extract.toml": SETTINGS,
        "indicators/boards/inspection.yaml": BOARD,
        "sgkpi.toml": 'data = "data"\ncatalogue = "indicators"\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def contacts(north: str = "North", south: str = "South") -> str:
    """Return the contacts; keys, persons, a column that is not declared and an unlisted code are canaries."""
    header = "contact_id,person_id,received_at,decided_at,team,source,born,note"
    return "\n".join([header, *_rows(north, south), ""])


def _rows(north: str, south: str) -> Iterator[str]:
    in_time, late = " 12:00", " 09:00"
    groups = (
        [("2019-01", north, in_time)] * 8
        + [("2019-01", north, late)] * 2
        + [("2019-01", south, in_time)] * 5
        + [("2019-02", north, in_time)] * 6
        + [("2019-02", north, late)] * 4
        + [("2019-02", south, in_time)] * 3
    )
    for place, (month, team, decided) in enumerate(groups):
        day = 5 + place % 9
        until = f"{month}-{day + (0 if decided == in_time else 5):02d}{decided}"
        source = f"{CANARY}-CODE" if place == 20 else "police" if place % 2 else "school"
        yield _row(place, f"{month}-{day:02d} 09:00", until, team, source)
    yield _row(90, "2019-02-10 09:00", "", south, "police")  # due on 11 February, 09:00
    yield _row(91, "2019-02-11", "2019-02-11 10:00", south, "police")  # no time of day


def _row(place: int, received: str, decided: str, team: str, source: str) -> str:
    return f"{CANARY}K{place},{CANARY}P{place},{received},{decided},{team},{source},2007-0{1 + place % 9},{CANARY}-NOTE"
