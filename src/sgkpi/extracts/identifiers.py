"""Find columns that identify people, which a pseudonymised extract should not have.

A column is recognised by its header, or by its values: enough of them, and nearly all of them, have the form and
check digit of an NHS number, a National Insurance number and so on. Values are never kept or returned.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sgkpi.extracts.cells import is_blank
from sgkpi.extracts.moments import parse_date
from sgkpi.extracts.names import FORENAMES, SURNAMES
from sgkpi.extracts.words import WHITESPACE
from sgkpi.model.expressions import Kind
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
_MOST = 0.8  # share of the distinct values that must have the form
_NAMES = 0.4  # share of common names; no list has every name
_NAMES_OF_TWO_WORDS = 0.8
_NAMES_KNOWN = 0.2
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
    if (column is not None and column.codes is not None) or (named is None and _is_untested(column)):
        return None
    written = {word.strip(WHITESPACE) for word in set(values) if word}
    different = {word for word in written if not is_blank(word, column, table)}
    if named is IdentifierKind.DATE_OF_BIRTH or (column is not None and column.kind is Kind.MONTH):
        return _date_of_birth(header, different, by_header=named is IdentifierKind.DATE_OF_BIRTH)
    found = None if _is_untested(column) else values_kind(different)
    if found is not None:
        return Identifier(header, found, by_header=named is found, by_values=True)
    if named is None or not different or _only_answers(different):
        return None
    return Identifier(header, named, by_header=True, by_values=False)


def _is_untested(column: Column | None) -> bool:
    return column is not None and column.kind in _UNTESTED


def _only_answers(values: Collection[str]) -> bool:
    """Whether all values are answers such as yes and no, or marks in place of redacted values."""
    return all(len(set(value.casefold())) == 1 or value.casefold() in _ANSWERS for value in values)


_ANSWER_WORDS = "yes no y n true false 1 0 known unknown redacted removed withheld anonymised anonymized"
_ANSWERS = frozenset(_ANSWER_WORDS.split())


def _date_of_birth(header: str, values: Collection[str], *, by_header: bool) -> Identifier | None:
    """Full dates whose days differ; systems that store only the month write its first or fifteenth."""
    days = [day for value in values if (day := parse_date(value)) is not None]
    if not days or len(days) < _MOST * len(values):
        return None
    # A few full dates in a column of months may be typing errors.
    if not by_header and len(days) < _FEWEST[IdentifierKind.TELEPHONE]:
        return None
    if len(days) > 1 and len({day.day for day in days}) == 1:
        return None
    return Identifier(header, IdentifierKind.DATE_OF_BIRTH, by_header=by_header, by_values=True)


def values_kind(values: Collection[str]) -> IdentifierKind | None:
    """Return the kind of identifier that distinct values are; None if they are none, or too few to say."""
    for kind, has_form in _FORMS.items():
        if len(values) >= _FEWEST[kind] and sum(map(has_form, values)) >= _MOST * len(values):
            return kind
    return IdentifierKind.NAME if _are_names(values) else None


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


def is_email_address(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text.strip()) is not None


_FORMS: Mapping[IdentifierKind, Callable[[str], bool]] = MappingProxyType(
    {
        IdentifierKind.EMAIL: is_email_address,
        IdentifierKind.NHS_NUMBER: is_nhs_number,
        IdentifierKind.NI_NUMBER: is_ni_number,
        IdentifierKind.UPN: is_upn,
        IdentifierKind.POSTCODE: is_postcode,
        IdentifierKind.TELEPHONE: is_telephone_number,
    }
)
# Of numbers with a check digit, one in eleven passes by chance.
_FEWEST: Mapping[IdentifierKind, int] = MappingProxyType(
    {
        IdentifierKind.EMAIL: 2,
        IdentifierKind.NHS_NUMBER: 5,
        IdentifierKind.NI_NUMBER: 3,
        IdentifierKind.UPN: 3,
        IdentifierKind.POSTCODE: 4,
        IdentifierKind.TELEPHONE: 5,
    }
)


def _are_names(values: Collection[str]) -> bool:
    """Whether enough of the values are common names, or are pairs of words with some common names."""
    if len(values) < _FEWEST_NAMES:
        return False
    worded = [re.split(r"[,.\s]+", value.casefold().rstrip(".")) for value in values if _WORDS.fullmatch(value)]
    known = sum(_is_known(words) for words in worded)
    if known >= _NAMES * len(values):
        return True
    pairs = [words for words in worded if len(words) > 1]
    enough = len(values) >= _FEWEST_PAIRS and len(pairs) >= _NAMES_OF_TWO_WORDS * len(values)
    return enough and known >= _NAMES_KNOWN * len(values)


def _is_known(words: list[str]) -> bool:
    if len(words) == 1:
        return words[0] in FORENAMES or words[0] in SURNAMES
    return any(word in FORENAMES for word in words)
