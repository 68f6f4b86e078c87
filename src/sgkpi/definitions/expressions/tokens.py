"""Split an expression into the words and signs of the language; anything else is refused before it is parsed.

SQL has several hundred keywords. Here a word is one of the language's few keywords, a function, or a plain name,
so that the grammar never sees a statement, a cast or a window.
"""

import re
from collections.abc import Callable

from sqlglot.tokenizer_core import Token, TokenType

from sgkpi.definitions.expressions.faults import ExpressionFault, combine
from sgkpi.definitions.expressions.kinds import FUNCTIONS
from sgkpi.definitions.wording import either
from sgkpi.model.expressions import Unit
from sgkpi.model.problems import did_you_mean
from sgkpi.model.units import units_by_name

MAX_TOKENS = 4000
_PIECE = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"[^"]+")
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?![A-Za-z0-9_.]))
    |(?P<unit>(?i:working\s+days?)\b)
    |(?P<shared>\$[A-Za-z_][A-Za-z0-9_]*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>!=|==|<>|<=|>=|[=<>+\-*/(),.](?!=))""",
    re.VERBOSE | re.DOTALL,
)
_SIGN_TYPES = """
= EQ, == EQ, <> NEQ, != NEQ, < LT, <= LTE, > GT, >= GTE, + PLUS, - DASH, * STAR, / SLASH, ( L_PAREN, ) R_PAREN, . DOT
"""
_SIGNS = {",": TokenType.COMMA, **{sign: TokenType[name] for sign, name in map(str.split, _SIGN_TYPES.split(","))}}
_KEYWORDS = "and or not in between is null true false case when then else end"
_WORDS = {word: TokenType[word.upper()] for word in _KEYWORDS.split()}
# Takes the place of an unknown function, so that the rest of the expression can still be checked.
UNKNOWN_FUNCTION = "unknown_function"
UNITS = units_by_name(Unit)
_NO_INTERVAL = (
    "working days are added to a date as an interval, such as 'interval 20 working days'; "
    "working_days_between(from, to) counts them"
)
_NO_HOURS = "; for a limit in hours write 'within: 24 hours', for a length of time hours_between(from, to)"
_REPLACEMENTS = {"!=": "write <> for 'is not equal'", "==": "write = for 'is equal'"}
_COMMENT = "an expression cannot contain comments; put them on # lines of the file"
_ADVICE = {
    ";": "';' cannot be used in an expression",
    "||": "text cannot be joined with ||",
    "::": "values cannot be cast with ::",
    "'": "unterminated text; add the closing '",
    '"': 'unterminated quoted name; add the closing "',
    "%": "% is not part of the expression language",
    "$": "write the name of a condition of shared.yaml after $",
    # What word processors and mail programs make of quotation marks and the minus.
    **{sign: f"write ' in place of {sign}" for sign in "‘’“”"},
    **{sign: f"write - in place of {sign}" for sign in "–−"},
}
# Nothing after one of these can be read.
_UNCLOSED = frozenset({_ADVICE["'"], _ADVICE['"']})
_STATEMENTS = """
select from where with union join having insert update delete drop create alter attach exists like ilike similar glob
cast try_cast as over distinct collate escape unnest lateral extract timestamp
"""
_STATEMENT_WORDS = frozenset(_STATEMENTS.split())


def tokenize(text: str, is_name: Callable[[str], bool]) -> tuple[list[Token], list[ExpressionFault]]:
    """Return the tokens of an expression, and the faults of those that were replaced with what was probably meant.

    `is_name` says whether a word is a name in the expression's scope, so that a column can be called `from` or `order`.
    Raises ExpressionFault for what is not part of the language.
    """
    pieces = _split(text)
    comments = [piece for piece in pieces if piece.lastgroup == "comment"]
    pieces = [piece for piece in pieces if piece.lastgroup != "comment"]
    faults = [_not_allowed(_COMMENT, piece) for piece in comments]
    if not pieces:
        raise combine(faults or [ExpressionFault("the expression is empty", (0, 1), "expression-syntax")])
    if len(pieces) > MAX_TOKENS:
        raise ExpressionFault("the expression is too long", (0, len(text)), "expression-syntax")
    faults += [fault for place in range(len(pieces)) if (fault := _piece_fault(pieces, place))]
    try:
        tokens = [token for place in range(len(pieces)) for token in _tokens(pieces, place, is_name)]
    except ExpressionFault as fault:  # the words that follow it are part of the same fault
        raise combine([*faults, fault]) from None
    return tokens, faults


def _split(text: str) -> list[re.Match[str]]:
    """Return the pieces of a text without white space; raise ExpressionFault for every character that begins none."""
    pieces: list[re.Match[str]] = []
    faults: list[ExpressionFault] = []
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:
            fault = _unknown_piece(text, place)
            if not faults or text[place] not in "]}":  # its opening bracket is reported already
                faults.append(fault)
            place = fault.end if fault.message not in _UNCLOSED else len(text)
            continue
        if piece.lastgroup != "space":
            pieces.append(piece)
        place = piece.end()
    if faults:
        raise combine(faults)
    return pieces


def _piece_fault(pieces: list[re.Match[str]], place: int) -> ExpressionFault | None:
    """Return the fault of a piece that is wrong, but clear enough for the rest to be checked."""
    piece = pieces[place]
    # Three pieces before: `interval -5 working days` is a fault of the interval.
    if piece.lastgroup == "unit" and not any(each[0].casefold() == "interval" for each in pieces[:place][-3:]):
        return _not_allowed(_NO_INTERVAL, piece)
    if piece[0] in _REPLACEMENTS:
        return ExpressionFault(_REPLACEMENTS[piece[0]], piece.span(), "expression-syntax")
    if not _is_unknown_function(pieces, place):
        return None
    if piece[0].casefold() in _STATEMENT_WORDS:
        return _not_part(piece)
    return _not_allowed(f"no function '{piece[0]}'{did_you_mean(piece[0].casefold(), FUNCTIONS)}", piece)


def _is_unknown_function(pieces: list[re.Match[str]], place: int) -> bool:
    piece = pieces[place]
    if piece.lastgroup != "word" or place + 1 == len(pieces) or pieces[place + 1][0] != "(":
        return False
    word = piece[0].casefold()
    is_part = place > 0 and pieces[place - 1][0] == "."
    return not is_part and word not in _WORDS and word != "interval" and word not in FUNCTIONS


def _unknown_piece(text: str, place: int) -> ExpressionFault:
    piece, advice = text[place], f"{text[place]!r} is not part of the expression language"
    if number := re.compile(r"[0-9.][A-Za-z0-9_.]*").match(text, place):
        piece, advice = number[0], f"'{number[0]}' is not a number; write numbers as 12 or 12.5"
    for sign, known in _ADVICE.items():
        if text.startswith(sign, place):
            piece, advice = sign, known
    return ExpressionFault(advice, (place, place + len(piece)), "expression-syntax")


def _tokens(pieces: list[re.Match[str]], place: int, is_name: Callable[[str], bool]) -> list[Token]:
    """Return the token of a piece; a shared condition is a parameter to sqlglot, of two tokens."""
    piece = pieces[place]
    if piece.lastgroup != "shared":
        return [_token(pieces, place, is_name)]
    start, end = piece.span()
    name = Token(TokenType.IDENTIFIER, piece[0][1:], line=1, col=end, start=start, end=end - 1)
    return [Token(TokenType.PARAMETER, "$", line=1, col=start + 1, start=start, end=start), name]


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
        case "unit":
            kind, text = TokenType.VAR, _unit_name(piece)
        case _ if _is_unknown_function(pieces, place):
            kind, text = TokenType.VAR, UNKNOWN_FUNCTION
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
    if (after and after[0] == "(") or (word in UNITS and _follows_interval(pieces, place)):
        return TokenType.VAR
    if word in _STATEMENT_WORDS and not is_name(piece[0]):
        raise _not_part(piece)
    if word in UNITS and place and pieces[place - 1].lastgroup == "number":
        raise ExpressionFault(f"write interval {before} {word}", piece.span(), "expression-syntax")
    return TokenType.IDENTIFIER


def _follows_interval(pieces: list[re.Match[str]], place: int) -> bool:
    is_amount = place > 1 and pieces[place - 1].lastgroup == "number"
    return is_amount and pieces[place - 2][0].casefold() == "interval"


def _check_interval(pieces: list[re.Match[str]], place: int) -> TokenType:
    number, unit = (pieces[n] if n < len(pieces) else pieces[place] for n in (place + 1, place + 2))
    if not number[0].isdigit() or _unit_name(unit) not in UNITS:
        message = f"an interval needs a whole number of {either(Unit)}, such as interval 3 months"
        if number[0] == "-":
            message += "; to go back, take it off: decided_on - interval 3 months"
        if _unit_name(unit) in ("hour", "hours"):
            message += _NO_HOURS
        raise _not_allowed(message, pieces[place])
    return TokenType.INTERVAL


def _unit_name(piece: re.Match[str]) -> str:
    return " ".join(piece[0].split()).casefold()


def _not_part(piece: re.Match[str]) -> ExpressionFault:
    return _not_allowed(f"'{piece[0]}' is not part of the expression language", piece)


def _not_allowed(message: str, piece: re.Match[str]) -> ExpressionFault:
    return ExpressionFault(message, piece.span(), "expression-not-allowed")
