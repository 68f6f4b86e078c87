"""Find columns that identify people, which a pseudonymised extract should not have.

A column is recognised by its header, or by its values: enough of them, and nearly all of them, have the form and
check digit of an NHS number, a National Insurance number and so on. Values are never kept or returned.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from math import ceil

from sgkpi.extracts.cells import is_blank
from sgkpi.extracts.moments import parse_date
from sgkpi.model.expressions import Kind
from sgkpi.model.folding import WHITESPACE
from sgkpi.model.table import Column, Table


class IdentifierKind(StrEnum):
    """The kinds of values that identify people, in words."""

    NAME = "names"
    NHS_NUMBER = "NHS numbers"
    NI_NUMBER = "National Insurance numbers"
    UPN = "unique pupil numbers"
    POSTCODE = "postcodes"
    TELEPHONE = "telephone numbers"
    EMAIL = "e-mail addresses"
    ADDRESS = "addresses"
    DATE_OF_BIRTH = "full dates of birth"


@dataclass(frozen=True)
class Identifier:
    """A column that identifies people, and how it was recognised."""

    header: str
    kind: IdentifierKind
    by_header: bool
    by_values: bool

    @property
    def known_by(self) -> str:
        """`by its header`, `by its values` or `by its header and its values`."""
        parts = [*(["header"] if self.by_header else []), *(["values"] if self.by_values else [])]
        return " and ".join(f"its {part}" for part in parts)


_UNTESTED = (Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
_ANSWER_WORDS = "yes no y n true false 1 0 known unknown redacted removed withheld anonymised anonymized"
_ANSWERS = frozenset(_ANSWER_WORDS.split())
_MOST = 0.8  # share of the distinct values that must have the form
_NAMES = 0.4  # share of common names; no list has every name
_NAMES_OF_TWO_WORDS = 0.8
_NAMES_KNOWN = 0.2
_FEWEST_DATES = 5
_FEWEST_NAMES = 8
_FEWEST_PAIRS = 15

_NAME_HEADERS = (
    r"surnames?|forenames?|nicknames?|known as|initials|(first|last|family|given|middle|maiden|full|legal|preferred|"
    r"person|people|child|childs|childrens|client|pupil|student|parent|mother|father|carer|patient|customer|"
    r"young person|young persons) ?names?"
)
_HEADERS: tuple[tuple[IdentifierKind, str], ...] = (
    (IdentifierKind.NHS_NUMBER, r"nhs|nhs (number|num|no|id)|nhsno|nhsnumber"),
    (IdentifierKind.NI_NUMBER, r"national insurance( (number|no))?|ni (number|no)|nino"),
    (IdentifierKind.UPN, r"upn|unique pupil (number|no|reference)"),
    (IdentifierKind.EMAIL, r"e ?mail"),
    (IdentifierKind.TELEPHONE, r"(tele)?phone|mobile|tel|tel (number|no)|contact number"),
    (IdentifierKind.POSTCODE, r"post ?code(?! (district|area|sector))"),
    (IdentifierKind.ADDRESS, r"(home |postal )?address(?! (type|kind|status))"),
    (IdentifierKind.DATE_OF_BIRTH, r"dob|d o b|date of birth|birth ?date|birthday"),
    (IdentifierKind.NAME, _NAME_HEADERS),
)
_HEADER_FORMS = tuple((kind, re.compile(rf"(?:^| )(?:{form})(?= |$)")) for kind, form in _HEADERS)
# `name`, alone or with the short prefix of some systems, as in `pers_name`.
_ALONE = re.compile(r"(?:(?:name|pers|per|cla|chil|cypn) )?name")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[\s()./-]+")

_NI_NUMBER = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_UPN = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_TELEPHONE = re.compile(r"(?:\+?44|0044)(?:[1-378]\d{8,9})|0[12378]\d{9}")
_POSTCODE = re.compile(r"([A-Z]{1,2})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}")
_POSTCODE_AREAS = """
AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL
GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX
PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN
WR WS WV YO ZE
"""
_AREAS = frozenset(_POSTCODE_AREAS.split())
# Common names in England.
_COMMON_FORENAMES = """
aaliyah aaron abbie abdul abdullah abigail adam adrian agnes ahmed aisha alan albert alex alexander alexandra alfie
alice alison amanda amber amelia amina amy andrea andrew angela anna anne annie anthony archie arthur ashley ava
barbara beatrice ben benjamin beth bethany betty bilal blake bradley brandon brian caleb callum cameron carl carol
caroline catherine charles charlie charlotte cheryl chloe chris christian christina christine christopher claire
clare colin connor craig daisy daniel danielle darren david dawn dean deborah debra demi denise dennis derek diana
diane dominic donna dorothy douglas dylan edith edward eleanor eliza elizabeth ella ellie elliot elsie emily emma
erin ethan eva evan eve evelyn evie faith farah fatima fatimah finley fiona florence frances francesca frank freddie
freya gareth gary gemma geoffrey george georgia gerald glenn gordon grace graham hannah harley harriet harrison
harry harvey hassan hayley heather heidi helen henry hollie holly hugo hussain ian ibrahim imogen imran isaac isabel
isabella isabelle isla isobel ivy jack jackson jacob jacqueline jade jake james jamie jane janet janice jasmine
jason jayden jayne jean jeffrey jennifer jenny jessica jill joan joanna joanne joe joel john jonathan jordan joseph
josephine joshua joyce jude judith julia julian julie justin kai karen karl kate katherine kathleen katie kayla
kayleigh keith kelly kenneth kerry kevin khadija kieran kimberley kirsty kyle lara laura lauren lawrence layla leah
leanne lee leo leon leslie lewis lexi liam lily linda lisa logan lola lorraine louis louise luca lucas lucy luis
luke lydia lynn mackenzie maisie malcolm marcus margaret maria marie marion mark martin martyn mary mason mathew
matilda matt matthew maureen max maya megan melissa mia michael michelle mike millie mohammad mohammed molly
muhammad nadia naomi natalie natasha nathan neil niamh nicholas nicola nicole nigel noah nora oliver olivia omar
oscar owen pamela patricia patrick paul paula pauline peter philip phillip phoebe poppy priya rachael rachel raymond
rebecca reece reggie rhys richard riley rita robert robin roger ronald rory rosa rose rosie ross roy ruby russell
ruth ryan sadie sally sam samantha samuel sandra sara sarah scarlett scott sean sebastian shane shannon sharon shaun
sheila shirley sienna simon sofia sonia sophia sophie stacey stanley stephanie stephen steve steven stewart stuart
summer susan suzanne sydney sylvia tanya tara terence teresa terry tessa theo theodore theresa thomas tim timothy
tina toby tom tony tracey tracy tyler valerie vanessa vera veronica victoria vincent violet wayne wendy willow
yasmin yusuf yvonne zac zachary zahra zainab zara zoe
"""
_COMMON_SURNAMES = """
adams ahmed akhtar alexander ali allen anderson andrews armstrong atkinson bailey baker ball barker barnes begum
bell bennett booth brooks brown burton butler campbell carr carter chapman clark clarke cole collins cooper cox
cunningham davies davis dawson dixon edwards elliott ellis evans fisher fletcher foster fox francis gardner gibson
gill gordon graham grant gray green griffiths hall hamilton harper harris harrison hart harvey hill holmes hudson
hughes hunt hunter hussain jackson james jenkins johnson johnston jones kaur kelly kennedy khan king knight lane
lawrence lawson lee lewis lloyd macdonald marshall martin mason matthews mcdonald miller mills mitchell moore morgan
morris murphy murray newman owen palmer parker parry patel payne pearce pearson perry phillips poole powell price
reid reynolds richards richardson roberts robertson robinson rogers rose ross russell ryan saunders scott shah shaw
simpson singh smith spencer stevens stewart stone sutton taylor thomas thompson thomson turner walker wallace walsh
ward watson watts webb webster wells west white wilkinson williams williamson willis wilson wood woods wright young
"""
_FORENAMES = frozenset(_COMMON_FORENAMES.split())
_SURNAMES = frozenset(_COMMON_SURNAMES.split())
_WORDS = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?(?:,? [^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?){0,3}")


def header_kind(header: str) -> IdentifierKind | None:
    """Return the kind of identifier that a header names; None if it names none."""
    words = _NOT_LETTERS.sub(" ", _CAMEL.sub(" ", header).lower()).strip()
    for kind, form in _HEADER_FORMS:
        if form.search(words):
            return kind
    return IdentifierKind.NAME if _ALONE.fullmatch(words) else None


def find_identifier(
    header: str, values: Iterable[str | None], column: Column | None, table: Table
) -> Identifier | None:
    """Return how a column identifies people, or None; `values` are some of its cells, `column` is its declaration."""
    named = header_kind(header)
    untested = column is not None and column.kind in _UNTESTED
    if (column is not None and column.codes is not None) or (named is None and untested):
        return None
    written = {word.strip(WHITESPACE) for word in set(values) if word}
    different = {word for word in written if not is_blank(word, column, table)}
    if named is IdentifierKind.DATE_OF_BIRTH or (column is not None and column.kind is Kind.MONTH):
        return _date_of_birth(header, different, by_header=named is IdentifierKind.DATE_OF_BIRTH)
    found = None if untested else values_kind(different)
    if found is not None:
        return Identifier(header, found, by_header=named is found, by_values=True)
    # Answers such as yes and no, and marks in place of redacted values, identify nobody.
    if named is None or all(len(set(word.casefold())) == 1 or word.casefold() in _ANSWERS for word in different):
        return None
    return Identifier(header, named, by_header=True, by_values=False)


def _date_of_birth(header: str, values: Collection[str], *, by_header: bool) -> Identifier | None:
    """Recognise full dates, whose days differ: systems that store only the month write its first or fifteenth."""
    days = [day for value in values if (day := parse_date(value)) is not None]
    few = len(days) < _MOST * len(values)
    # A few full dates in a column of months may be typing errors.
    typing_errors = not by_header and len(days) < _FEWEST_DATES
    if not days or few or typing_errors or (len(days) > 1 and len({day.day for day in days}) == 1):
        return None
    return Identifier(header, IdentifierKind.DATE_OF_BIRTH, by_header=by_header, by_values=True)


def values_kind(values: Collection[str]) -> IdentifierKind | None:
    """Return the kind of identifier that distinct values are; None if they are none, or too few to say."""
    for kind, (has_form, fewest) in _FORMS.items():
        if len(values) >= fewest and _are_most(values, has_form):
            return kind
    return IdentifierKind.NAME if _are_names(values) else None


def _are_most(values: Collection[str], has_form: Callable[[str], bool]) -> bool:
    """Whether enough of the values have a form; stop as soon as too many do not."""
    fewest = _MOST * len(values)
    missing = (value for value in values if not has_form(value))
    return len(values) - sum(1 for _ in islice(missing, len(values) - ceil(fewest) + 1)) >= fewest


def is_nhs_number(text: str) -> bool:
    """Whether a text has ten digits whose sum, weighted from ten to one, is a multiple of eleven."""
    digits = _SEPARATORS.sub("", text)
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0


def is_ni_number(text: str) -> bool:
    """Whether a text has two letters that are in use, six digits, and A to D."""
    return _NI_NUMBER.fullmatch(_SEPARATORS.sub("", text).upper()) is not None


def is_upn(text: str) -> bool:
    """Whether a text is a check letter and twelve places, weighted 2 to 13 (a temporary one ends in a letter)."""
    word = text.strip().upper()
    if _UPN.fullmatch(word) is None:
        return False
    places = [_UPN_LETTERS.index(each) if each.isalpha() else int(each) for each in word[1:]]
    total = sum(place * weight for place, weight in zip(places, range(2, 14), strict=True))
    return _UPN_LETTERS[total % 23] == word[0]


def is_postcode(text: str) -> bool:
    """Whether a text is a full postcode of an existing area."""
    match = _POSTCODE.fullmatch(text.strip().upper())
    return match is not None and match[1] in _AREAS


def is_telephone_number(text: str) -> bool:
    """Whether a text is a telephone number of the United Kingdom, with its area code."""
    return _TELEPHONE.fullmatch(_SEPARATORS.sub("", text).replace("+440", "+44")) is not None


# The form of each kind, and the fewest distinct values by which it is recognised: of numbers with a check digit, one in
# eleven passes by chance.
_FORMS: Mapping[IdentifierKind, tuple[Callable[[str], bool], int]] = {
    IdentifierKind.EMAIL: (lambda text: _EMAIL.fullmatch(text.strip()) is not None, 2),
    IdentifierKind.NHS_NUMBER: (is_nhs_number, 5),
    IdentifierKind.NI_NUMBER: (is_ni_number, 3),
    IdentifierKind.UPN: (is_upn, 3),
    IdentifierKind.POSTCODE: (is_postcode, 4),
    IdentifierKind.TELEPHONE: (is_telephone_number, 5),
}


def _are_names(values: Collection[str]) -> bool:
    """Whether enough of the values are common names, or are pairs of words with some common names."""
    if len(values) < _FEWEST_NAMES:
        return False
    worded = [re.split(r"[,.\s]+", value.casefold().rstrip(".")) for value in values if _WORDS.fullmatch(value)]
    # One word may be either name; of several, one must be a forename.
    known = sum(not _FORENAMES.isdisjoint(words) or (len(words) == 1 and words[0] in _SURNAMES) for words in worded)
    if known >= _NAMES * len(values):
        return True
    pairs = [words for words in worded if len(words) > 1]
    enough = len(values) >= _FEWEST_PAIRS and len(pairs) >= _NAMES_OF_TWO_WORDS * len(values)
    return enough and known >= _NAMES_KNOWN * len(values)
