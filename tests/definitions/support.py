"""Small catalogues for tests: three tables that every case may use, and files of a case's own."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from sgkpi.definitions.load import load_catalogue
from sgkpi.model.catalogue import Catalogue

CONTACTS = """
description: Requests for a service
key: [contact_id, person_id]
person: person_id
happened: received_at
files: [contacts, "List 1"]
columns:
  contact_id:  {type: text, names: [cont_contact_id]}
  person_id:   {type: text, required: true, names: ["Child Unique ID"]}
  received_at: {type: datetime, required: true, names: ["Date of Contact"]}
  decided_at:  {type: datetime}
  planned_on:  {type: date, planned: true}
  source:      {type: category, codes: {police: [Police, "7"], school: [School, "2A"]}}
  outcome:     {type: category}
  urgent:      {type: boolean}
  visits:      {type: integer}
  cost:        {type: number}
  birth_month: {type: month}
  team:        {type: text}
rules:
  decided_before_received: "decided_at >= received_at"
"""

CARE_LEAVERS = """
key: person_id
person: person_id
happened: eligible_from
columns:
  person_id:     {type: text, required: true}
  eligible_from: {type: date, required: true}
  eligible_to:   {type: date}
  eligibility:   {type: category, codes: {relevant: [], former_relevant: [FR], qualifying: []}}
  team:          {type: text}
"""

REVIEWS = """
key: review_id
person: person_id
happened: reviewed_on
columns:
  review_id:   {type: text}
  person_id:   {type: text, required: true}
  reviewed_on: {type: date, required: true}
  closed_on:   {type: date}
  kind:        {type: category, codes: {initial: [], review: []}}
"""

LOCATIONS = """
key: place_id
columns:
  place_id: {type: text}
  ward:     {type: text}
"""

TABLES = {
    "tables/contacts.yaml": CONTACTS,
    "tables/care_leavers.yaml": CARE_LEAVERS,
    "tables/reviews.yaml": REVIEWS,
    "tables/locations.yaml": LOCATIONS,
}

DECIDED = """
title: Contacts decided within 24 hours
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
"""

REVIEWED = """
title: Pathway plans reviewed
table: care_leavers
point_in_time: {from: eligible_from, to: eligible_to}
related:
  review: {table: reviews, keep: latest, date: reviewed_on}
measure: proportion
clock: {start: review.reviewed_on, within: 6 months}
"""


def write_catalogue(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder of definitions with the tables above, unless `files` say otherwise."""
    for name, content in {**TABLES, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
    return folder


def load(folder: Path, files: Mapping[str, str | bytes]) -> Catalogue:
    """The catalogue of such a folder."""
    return load_catalogue(write_catalogue(folder, files))
