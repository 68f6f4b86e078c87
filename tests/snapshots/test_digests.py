"""What changes the digest of an indicator's meaning, and what does not; the digest of a snapshot's content."""

from datetime import datetime
from pathlib import Path

import pytest

from sgkpi.model.indicator import Indicator
from sgkpi.snapshots.digests import content_digest, meaning_digest, target_digest
from sgkpi.snapshots.manifest import RequestRecord
from tests.definitions.support import CARE_LEAVERS, CONTACTS, DECIDED, REVIEWED, REVIEWS, load
from tests.snapshots.support import a_draft

BY = "by: [team]\ntarget: {green: 90%, amber: 80%}\nimprovement: increase\n"
ASKED = RequestRecord(12, ("month",), ("all",))
AS_OF = datetime(2019, 3, 4, 7)


def decided(folder: Path, definition: str = DECIDED + BY, contacts: str = CONTACTS) -> Indicator:
    return load(folder, {"decided.yaml": definition, "tables/contacts.yaml": contacts}).indicators["decided"]


def reviewed(folder: Path, care_leavers: str = CARE_LEAVERS, reviews: str = REVIEWS) -> Indicator:
    files = {"reviewed.yaml": REVIEWED, "tables/care_leavers.yaml": care_leavers, "tables/reviews.yaml": reviews}
    return load(folder, files).indicators["reviewed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Contacts decided", "title: Contacts settled"),
        ("title:", "question: How many?\ntitle:"),
        ("title:", "theme: front_door\ntitle:"),
        ("title:", "basis: [a report]\nowner: the manager\nreview_by: 2027-03-31\ntitle:"),
        ("title:", "examples: [{is: met, contacts: {received_at: 2019-02-01, decided_at: 2019-02-01}}]\ntitle:"),
        ("title:", "settles_after: 10 days\ntitle:"),
        ("title:", "rebase: {from: 2018-10, reason: A new system}\ntitle:"),
        ("title:", "baseline: {from: 2018-04, to: 2019-03}\ntitle:"),
        ("title:", "answers: {paragraphs: [13], points: [5]}\ntitle:"),
        ("green: 90%", "green: 95%"),
        ("target: {green: 90%, amber: 80%}\n", ""),
        ("measure: proportion\n", "measure:   proportion # a note\n"),
    ],
)  # fmt: skip
def test_what_does_not_change_what_an_indicator_means(tmp_path: Path, old: str, new: str) -> None:
    assert old in DECIDED + BY
    changed = decided(tmp_path / "b", (DECIDED + BY).replace(old, new))
    assert meaning_digest(changed) == meaning_digest(decided(tmp_path / "a"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("within: 24 hours", "within: 1 working day"),
        ("within: 24 hours", "within: 25 hours"),
        ("period: received_at", "period: due"),
        ("title:", "population: \"source = 'police'\"\ntitle:"),
        ("title:", "exclude: {urgent: urgent}\ntitle:"),
        ("by: [team]", "by: [source]"),
        ("by: [team]\n", ""),
        ("improvement: increase", "improvement: decrease"),
    ],
)
def test_what_changes_what_an_indicator_means(tmp_path: Path, old: str, new: str) -> None:
    if new == "improvement: decrease":  # or the bounds of the target would be the wrong way round
        new += "\n#"
        changed = decided(tmp_path / "b", (DECIDED + BY).replace(old, new).replace("90%, amber: 80%", "10%"))
    else:
        changed = decided(tmp_path / "b", (DECIDED + BY).replace(old, new))
    assert meaning_digest(changed) != meaning_digest(decided(tmp_path / "a"))


@pytest.mark.parametrize(
    ("old", "new", "is_the_same"),
    [
        ("description: Requests", "description: More requests", True),
        ("description: Requests", "label: requests\ndescription: Requests", True),
        ('files: [contacts, "List 1"]', "files: [enquiries]", True),
        ("names: [cont_contact_id]", "names: [another]", True),
        ('"decided_at >= received_at"', '"decided_at > received_at"', True),
        ("rules:", "waive: {blank: known to the supplier}\nrules:", True),
        ("{type: text}\nrules:", "{type: text, label: Team, description: Who decides}\nrules:", True),
        ("{type: category, codes", "{type: category, labels: {police: The police}, codes", True),
        ("key: [contact_id, person_id]", "key: contact_id", False),
        ('police: [Police, "7"]', 'police: [Police, "8"]', False),
        ("decided_at:  {type: datetime}", "decided_at:  {type: datetime, midnight: true}", False),
        ("happened: received_at", "happened: received_at\nrecorded: decided_at", False),
    ],
)
def test_the_table_of_the_cases(tmp_path: Path, old: str, new: str, is_the_same: bool) -> None:
    assert old in CONTACTS
    changed = decided(tmp_path / "b", contacts=CONTACTS.replace(old, new))
    assert (meaning_digest(changed) == meaning_digest(decided(tmp_path / "a"))) is is_the_same


def test_tables_that_are_used_have_a_part_in_it_and_others_have_none(tmp_path: Path) -> None:
    first = meaning_digest(reviewed(tmp_path / "a"))
    assert meaning_digest(reviewed(tmp_path / "b", reviews=REVIEWS.replace("key: review_id\n", ""))) != first
    other = load(tmp_path / "c", {"reviewed.yaml": REVIEWED, "tables/contacts.yaml": CONTACTS + "  x: team <> 'y'\n"})
    assert meaning_digest(other.indicators["reviewed"]) == first


def test_an_indicator_of_another_name_can_mean_the_same(tmp_path: Path) -> None:
    found = load(tmp_path, {"a.yaml": DECIDED, "b.yaml": DECIDED}).indicators
    assert meaning_digest(found["a"]) == meaning_digest(found["b"])


def test_the_digest_of_targets_is_that_of_their_bounds(tmp_path: Path) -> None:
    texts = ("90%, amber: 80%", "90.0%, amber: 80%, set_by: local", "95%, amber: 80%")
    bounds = [(DECIDED + BY).replace("90%, amber: 80%", each) for each in texts]
    same, also, other = (target_digest(decided(tmp_path / str(n), each)) for n, each in enumerate(bounds))
    assert same == also != other
    assert target_digest(decided(tmp_path / "x", DECIDED)) not in (same, other)


def test_a_digest_stays_the_same_from_one_release_to_the_next(tmp_path: Path) -> None:
    """A digest that changed would make every indicator of every store `redefined`; so it is written down here."""
    assert meaning_digest(decided(tmp_path / "a")) == "174141f68cd813159429c7e5fb76d5f4de1f300fa409e19e6d383cf9916af2b9"
    assert (
        meaning_digest(reviewed(tmp_path / "b")) == "18661299fbc1c5fffc8642174446d3d00ad8f74394656231d5e38eeaafb967ab"
    )


def test_the_content_of_a_snapshot() -> None:
    files = dict(a_draft().files)

    def content(**changes: bytes | None) -> str:
        changed = files | {name.replace("__", "/").replace("_csv", ".csv"): text for name, text in changes.items()}
        return content_digest({name: text for name, text in changed.items() if text is not None}, AS_OF, ASKED)

    first = content()
    assert content(restatement_csv=b"", reconciliation_csv=b"") == first
    for changed in ({"figures_csv": b""}, {"reasons_csv": b""}, {"calendar_csv": b""}, {"definitions__x": b""}):
        assert content(**changed) != first
    assert content_digest(files, AS_OF.replace(minute=1), ASKED) != first
    assert content_digest(files, AS_OF, RequestRecord(11, ("month",), ("all",))) != first
    files["definitions/waits.yaml"] = b"title: Waits\r\n"
    assert content() == first
