"""The words and signs of the expression language: everything else is refused before it is parsed.

SQL has several hundred keywords. Here a word is one of the few that the language has, a function, or
a plain name; what the grammar sees can therefore never be a statement, a cast or a window.
"""

import re
from collections.abc import Callable

from sqlglot.tokenizer_core import Token, TokenType

from sgkpi.definitions.expressions.faults import ExpressionFault, Span
from sgkpi.definitions.expressions.functions import FUNCTIONS
from sgkpi.definitions.expressions.nodes import Unit
from sgkpi.problems import did_you_mean

MAX_TOKENS = 4000
_PIECE = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"[^"]+")
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?![A-Za-z0-9_.]))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>--|/\*|<>|<=|>=|[=<>+\-*/(),.](?!=))""",
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {
    "=": TokenType.EQ,
    "<>": TokenType.NEQ,
    "<": TokenType.LT,
    "<=": TokenType.LTE,
    ">": TokenType.GT,
    ">=": TokenType.GTE,
    "+": TokenType.PLUS,
    "-": TokenType.DASH,
    "*": TokenType.STAR,
    "/": TokenType.SLASH,
    "(": TokenType.L_PAREN,
    ")": TokenType.R_PAREN,
    ",": TokenType.COMMA,
    ".": TokenType.DOT,
}
_KEYWORDS = "and or not in between is null true false case when then else end"
_WORDS = {word: TokenType[word.upper()] for word in _KEYWORDS.split()}
UNITS = {name: unit for unit in Unit for name in (unit.value, unit.value.removesuffix("s"))}
_ADVICE = {
    "!=": "write <> for 'is not equal'",
    "==": "write = for 'is equal'",
    ";": "an expression is no statement: ';' has no place in it",
    "||": "texts cannot be joined with ||",
    "::": "values cannot be cast with ::",
    "'": "a text is not closed; it needs a ' at its end",
    '"': 'a quoted name is not closed; it needs a " at its end',
    "/*": "a comment is not closed; it needs a */ at its end",
    "%": "% is not part of the expression language",
}
_STATEMENT_WORDS = frozenset(
    [
        "select",
        "from",
        "where",
        "with",
        "union",
        "join",
        "having",
        "insert",
        "update",
        "delete",
        "drop",
        "create",
        "alter",
        "attach",
        "exists",
        "like",
        "ilike",
        "similar",
        "glob",
        "cast",
        "try_cast",
        "as",
        "over",
        "distinct",
        "collate",
        "escape",
        "unnest",
        "lateral",
        "extract",
        "timestamp",
    ]
)


def admit(text: str, is_name: Callable[[str], bool]) -> list[Token]:
    """The tokens of an expression; ExpressionFault at the first that is not part of the language.

    `is_name` says of a word whether it is a name where the expression stands, so that a column may be
    called `from` or `order`.
    """
    pieces = _split(text)
    if not pieces:
        raise ExpressionFault("the expression is empty", Span(0, 1), "expression-syntax")
    if len(pieces) > MAX_TOKENS:
        raise ExpressionFault("the expression is too long", Span(0, len(text)), "expression-syntax")
    return [_token(pieces, place, is_name) for place in range(len(pieces))]


def _split(text: str) -> list[re.Match[str]]:
    pieces = []
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if not piece or piece[0] in ("/*", "--"):
            raise _strange(text, place)
        if piece.lastgroup != "space":
            pieces.append(piece)
        place = piece.end()
    return pieces


def _strange(text: str, place: int) -> ExpressionFault:
    for sign, advice in _ADVICE.items():
        if text.startswith(sign, place):
            return ExpressionFault(advice, Span(place, place + len(sign)), "expression-syntax")
    number = re.compile(r"[0-9.][A-Za-z0-9_.]*").match(text, place)
    if number:
        advice = f"'{number[0]}' is no number; numbers are written as 12 or 12.5"
        return ExpressionFault(advice, Span(place, number.end()), "expression-syntax")
    advice = f"{text[place]!r} is not part of the expression language"
    return ExpressionFault(advice, Span(place, place + 1), "expression-syntax")


def _token(pieces: list[re.Match[str]], place: int, is_name: Callable[[str], bool]) -> Token:
    piece = pieces[place]
    match piece.lastgroup:
        case "text":
            kind, text = TokenType.STRING, piece[0][1:-1].replace("''", "'")
        case "quoted":
            kind, text = TokenType.IDENTIFIER, piece[0][1:-1]
        case "number":
            kind, text = TokenType.NUMBER, piece[0]
        case "sign":
            kind, text = _SIGNS[piece[0]], piece[0]
        case _:
            kind, text = _word_type(pieces, place, is_name), piece[0]
    return Token(kind, text, line=1, col=piece.end(), start=piece.start(), end=piece.end() - 1)


def _word_type(pieces: list[re.Match[str]], place: int, is_name: Callable[[str], bool]) -> TokenType:
    piece, word = pieces[place], pieces[place][0].casefold()
    before = pieces[place - 1][0] if place else ""
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    if before == ".":
        return TokenType.IDENTIFIER
    if word in _WORDS:
        return _WORDS[word]
    if word == "interval" and (not is_name(piece[0]) or (after and after.lastgroup == "number")):
        return _check_interval(pieces, place)
    if word == "date" and after and after.lastgroup == "text":
        return TokenType.DATE
    if after and after[0] == "(":
        return _check_function(piece)
    if _follows_interval(pieces, place):
        return TokenType.VAR
    if word in _STATEMENT_WORDS and not is_name(piece[0]):
        raise _not_allowed(f"'{piece[0]}' is not part of the expression language", piece)
    return TokenType.IDENTIFIER


def _check_function(piece: re.Match[str]) -> TokenType:
    name = piece[0].casefold()
    if name in FUNCTIONS:
        return TokenType.VAR
    raise _not_allowed(f"no function '{piece[0]}'{did_you_mean(name, FUNCTIONS)}", piece)


def _check_interval(pieces: list[re.Match[str]], place: int) -> TokenType:
    number, unit = (pieces[n] if n < len(pieces) else pieces[place] for n in (place + 1, place + 2))
    if not number[0].isdigit() or unit[0].casefold() not in UNITS:
        message = "an interval is a whole number of days, weeks, months or years, as interval 3 months"
        raise _not_allowed(message, pieces[place])
    return TokenType.INTERVAL


def _follows_interval(pieces: list[re.Match[str]], place: int) -> bool:
    return (
        place > 1
        and pieces[place][0].casefold() in UNITS
        and pieces[place - 1].lastgroup == "number"
        and pieces[place - 2][0].casefold() == "interval"
    )


def _not_allowed(message: str, piece: re.Match[str]) -> ExpressionFault:
    return ExpressionFault(message, Span(piece.start(), piece.end()), "expression-not-allowed")
