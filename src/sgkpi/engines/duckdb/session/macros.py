"""The small SQL functions that every query of the engine uses, as DuckDB macros.

They are the same for every extract and definition: nothing is ever pasted into them.
"""

from collections.abc import Mapping

from sgkpi.extracts.cells import BOOLEANS, DECIMALS, ODD_CLASS, ODD_LETTERS, WHOLE_DIGITS, WIDE_SPACES
from sgkpi.model.folding import WHITESPACE

NUMBER_SCALE = 10**DECIMALS
# The calendar of working days begins on a Monday, before there were bank holidays.
FIRST_DAY = "date '1799-12-30'"
NOT_KNOWN = "working days cannot be counted, as no bank holidays are known for"
HOUR = 3_600_000_000
_IN_SUMMER = "timestamp '20000-01-01'"  # past any date: `kpi_from_utc` moves the first of two repeated hours here
_SUMMER_BY_DAY = ",".join(["f"] * 83 + ["null"] * 8 + ["t"] * 204 + ["null"] * 10 + ["f"] * 61)
# White space in a regular expression, and in an SQL string.
_SPACE = "[" + "".join(f"\\x{{{ord(character):x}}}" for character in WHITESPACE) + "]"
_OTHER_SPACE = _SPACE.replace(r"\x{20}", "")
_SPACES = f"'{WHITESPACE}'"
_MINUTE = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_ISO_DAY = r"([1-9]\d{3}-\d{1,2}-\d{1,2})"
_ISO_CLOCK = rf"(?:{_SPACE}+|T)({_MINUTE}(?::[0-5]\d(?:\.\d{{1,9}})?)?)"
_OTHER_CLOCK = rf"(?:{_SPACE}+({_MINUTE}(?::[0-5]\d)?))?"
_AHEAD = r"[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?"
# The listed forms, with a group for each part that is used.
_ISO = rf"{_SPACE}*{_ISO_DAY}(?:{_ISO_CLOCK})?{_SPACE}*"
_BRITISH = rf"{_SPACE}*(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_OTHER_CLOCK}{_SPACE}*"
_ABBREVIATED = rf"{_SPACE}*(\d{{1,2}}-[A-Za-z]{{3}}-\d{{4}}){_OTHER_CLOCK}{_SPACE}*"
_ZONED = rf"{_SPACE}*{_ISO_DAY}{_ISO_CLOCK}{_SPACE}*(?:[Zz]|[Uu][Tt][Cc]|({_AHEAD})){_SPACE}*"
# Up to twenty digits, with or without commas, and decimals of which the first eighteen are zeros.
_WHOLE = r"(\d{1,20}|\d{1,3}(,\d{3}){1,5}|\d{1,2}(,\d{3}){6})"
_ZEROS = r"\.(0{1,18}|0{18}\d+)"
_INTEGER = rf"[+-]?({_WHOLE}({_ZEROS})?|{_ZEROS})"
_NUMBER = r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?"

# The canonical forms by length in bytes (which rules out missing digits) and by a character that only one form has, as
# a format that does not match takes twenty times as long as one that does.
_DATE_FORMATS: Mapping[int, Mapping[str, str]] = {
    10: {"/": "%d/%m/%Y", "": "%Y-%m-%d"},
    11: {"": "%d-%b-%Y"},
}
_WITH_FRACTION = 23
# Moments have one space, or a `T` and no space.
_MOMENT_FORMATS: Mapping[int, Mapping[str, str]] = {
    19: {"/": "%d/%m/%Y %H:%M:%S", "T": "%Y-%m-%dT%H:%M:%S", "": "%Y-%m-%d %H:%M:%S"},
    16: {"/": "%d/%m/%Y %H:%M", "T": "%Y-%m-%dT%H:%M", "": "%Y-%m-%d %H:%M"},
    _WITH_FRACTION: {"T": "%Y-%m-%dT%H:%M:%S.%f", "": "%Y-%m-%d %H:%M:%S.%f"},
}
# Letters whose case folding differs from `lower` in DuckDB 2.0.0, and wide spaces, each with its replacement.
_ODD = [letter for letter in ODD_LETTERS if letter.casefold() != letter.lower() or len(letter.casefold()) > 1]
_FOLDED = {**{letter: letter.casefold() for letter in _ODD}, **dict.fromkeys(WIDE_SPACES, " ")}
# The other characters that `try_strptime` takes for white space.
_OTHER_SPACES = "\t\n\v\f\r"


def _by_sign(forms: Mapping[str, str]) -> str:
    tried = {sign: f"try_strptime(raw, '{form}')" for sign, form in forms.items()}
    told = " ".join(f"when contains(raw, '{sign}') then {value}" for sign, value in tried.items() if sign)
    return f"case {told} else {tried['']} end" if told else tried[""]


def _by_spaces(length: int) -> str:
    """Return SQL that parses a moment of this length in bytes, and no moment with a missing digit.

    `try_strptime` skips space around a moment and repeated space before its time, which would leave room for a minute
    of one digit; so would a fourth digit of a fraction. So the spaces are counted: with `hamming`, the number of bytes
    that are not one, in less than half the time of a pattern. (A date has only leading zeros to lose.)
    """
    known = dict(_MOMENT_FORMATS[length])
    joined = f"try_strptime(raw, '{known.pop('T')}')"
    form = f"""
        case
            when hamming(raw, '{" " * length}') = {length - 1} then {_by_sign(known)}
            when contains(raw, 'T') and not contains(raw, ' ') then {joined}
        end
    """
    return f"case when raw[20] = '.' then {form} end" if length == _WITH_FRACTION else form


_DATES = " ".join(f"when {length} then {_by_sign(forms)}" for length, forms in _DATE_FORMATS.items())
_MOMENTS = " ".join(f"when {length} then {_by_spaces(length)}" for length in _MOMENT_FORMATS)
_HAS_OTHER_SPACE = " or ".join(f"contains(raw, chr({ord(space)}))" for space in _OTHER_SPACES)

# By name and parameters. DuckDB expands an argument wherever its parameter occurs and binds every query anew, so a
# parameter whose argument may be long occurs once or twice.
MACROS = {
    # Text without surrounding space; the test makes the common case cheap.
    "kpi_trimmed(raw)": f"""case
        when raw < '!' or strlen(raw) <> length(raw) or reverse(raw) < '!' then trim(raw, {_SPACES}) else raw end""",
    # Text with its case folded, if it has no odd letter; see `FOLD_ODD_LETTERS`.
    "kpi_fold(word)": "lower(word)",
    # Trimmed text with its case folded and runs of spaces collapsed.
    "kpi_folded(word)": rf"regexp_replace(kpi_fold(word), '{_SPACE}{{2,}}|{_OTHER_SPACE}', ' ', 'g')",
    # Whether raw text is blank: `words` is a regular expression.
    "kpi_holds_nothing(raw, words)": f"regexp_full_match(kpi_fold(raw), '{_SPACE}*(' || words || ')?{_SPACE}*')",
    # Whether trimmed text is blank; the longest of the words has `longest` bytes.
    "kpi_is_blank(word, words, longest)": """case
        when strlen(word) <= longest then kpi_holds_nothing(word, words) else false end""",
    # Text as it is compared in keys and joins: case folded, without a trailing `.0`.
    "kpi_key(word)": """case
        when ends_with(word, '.0') then kpi_fold(left(word, length(word) - 2)) else kpi_fold(word) end""",
    # A placeholder that systems write for a missing date.
    "kpi_is_placeholder(value)": "cast(value as date) = date '1900-01-01' or cast(value as date) = date '9999-12-31'",
    # Whether London has summer time (true) or winter time; null near a change of the clocks, and before 1981. Since
    # then they go forward on the last Sunday of March, and back on a Sunday from 23 to 31 October. A lookup by the day
    # of the year takes half as long as comparisons.
    "kpi_summer(value)": f"""case when value >= timestamp '1981-01-01' then list_extract(
        cast('[{_SUMMER_BY_DAY}]' as boolean[]), dayofyear(value)) end""",
    # A moment capped at the end of the year 9999.
    "kpi_capped(value)": "case when value >= timestamp '10000-01-01' then timestamp '10000-01-01' else value end",
    # A UTC moment in London time. Systems write a date alone as midnight, in summer too, unless the column's midnights
    # are meant (`midnight`). Of two moments with the same clock time, the first, in summer time, is moved on by 20,000
    # years; `kpi_wall` moves it back.
    "kpi_from_utc(value, midnight)": """case
        when value >= timestamp '10000-01-01' then timestamp '10000-01-01'
        when not midnight and cast(value as time) = time '00:00:00' then value
        when kpi_summer(value) is null and timezone('Europe/London', timezone('UTC', value))
            = timezone('Europe/London', timezone('UTC', value) + to_hours(1))
            then timezone('Europe/London', timezone('UTC', value)) + to_years(20000)
        else timezone('Europe/London', timezone('UTC', value)) end""",
    "kpi_is_summer(value)": f"value >= {_IN_SUMMER}",
    "kpi_wall(value)": f"case when value >= {_IN_SUMMER} then value - to_years(20000) else value end",
    # A moment with a zone. A placeholder stays one, whatever its zone.
    "kpi_zoned_moment(raw, midnight)": rf"""case
        when regexp_matches(raw, '1900-0?1-0?1\D|9999-12-31') then timestamp '1900-01-01'
        else list_transform(
            [timezone('UTC', try_cast(regexp_replace(raw, '{_ZONED}', '\1 \2\3') as timestamptz))],
            lambda u: kpi_from_utc(u, midnight or regexp_matches(raw, '[+-][\d:]*[1-9][\d:]*{_SPACE}*$')))[1] end""",
    # Forms without leading zeros, with a finer fraction, with other space or with a zone: recognised by a pattern, then
    # rewritten for a cast. Trying formats takes as long as ten patterns.
    "kpi_unusual_moment(raw, midnight)": rf"""case
        when regexp_full_match(raw, '{_ISO}') then
            try_cast(trim(regexp_replace(raw, '{_ISO}', '\1 \2')) as timestamp)
        when regexp_full_match(raw, '{_BRITISH}') then
            try_cast(trim(regexp_replace(raw, '{_BRITISH}', '\3-\2-\1 \4')) as timestamp)
        when regexp_full_match(raw, '{_ABBREVIATED}') then try_strptime(
            regexp_replace(raw, '{_ABBREVIATED}', '\1 \2'),
            ['%d-%b-%Y %H:%M:%S', '%d-%b-%Y %H:%M', '%d-%b-%Y '])
        when regexp_full_match(raw, '{_ZONED}') then kpi_zoned_moment(raw, midnight) end""",
    # A date or datetime in one of the listed forms, else null; for files whose only white space is the space.
    "kpi_spaced_moment(raw, midnight)": f"""coalesce(
        case strlen(raw) {_MOMENTS} {_DATES} end,
        case when raw is not null then kpi_unusual_moment(raw, midnight) end)""",
    # The same for any text. Without these tests, as above, ten indicators over CSV take a thirtieth less processor
    # time, which keeps them within their limit.
    "kpi_moment(raw, midnight)": f"""coalesce(
        case when not ({_HAS_OTHER_SPACE}) then case strlen(raw) {_MOMENTS} {_DATES} end end,
        case when raw is not null then kpi_unusual_moment(raw, midnight) end)""",
    # A month alone, or any date.
    "kpi_month(raw)": rf"""coalesce(
        try_strptime(regexp_extract(raw, '^{_SPACE}*(\d{{4}}-\d{{2}}){_SPACE}*$', 1), '%Y-%m'),
        try_strptime(regexp_extract(raw, '^{_SPACE}*(\d{{1,2}}/\d{{4}}){_SPACE}*$', 1), '%m/%Y'),
        kpi_moment(raw, false))""",
    "kpi_boolean(raw)": f"map {BOOLEANS}[kpi_fold(kpi_trimmed(raw))]",
    # The text of a float without an exponent and, if it is whole, without a point.
    "kpi_plain(word)": r"""case when contains(word, 'e') then
        case when word < '.' then '-' else '' end
        || case when contains(word, 'e-')
            then '0.' || repeat('0', cast(split_part(word, 'e-', 2) as integer) - 1)
                || replace(ltrim(split_part(word, 'e', 1), '-'), '.', '')
            else split_part(ltrim(split_part(word, 'e', 1), '-'), '.', 1)
                || rpad(split_part(split_part(word, 'e', 1), '.', 2), cast(split_part(word, 'e+', 2) as integer), '0')
        end
        when word = '-0.0' then '0'
        when ends_with(word, '.0') then left(word, length(word) - 2)
        else word end""",
    # A decimal in units of 10^-18: its whole digits followed by eighteen decimals, as rpad cuts longer ones.
    "kpi_number(raw)": rf"""case
        when regexp_full_match(kpi_trimmed(raw), '{_NUMBER}')
            and regexp_matches(raw, '\d')
            and not regexp_matches(split_part(replace(raw, ',', ''), '.', 1), '\d{{{WHOLE_DIGITS + 1}}}')
        then try_cast(
            split_part(ltrim(replace(kpi_trimmed(raw), ',', ''), '+'), '.', 1)
            || rpad(split_part(kpi_trimmed(raw), '.', 2), {DECIMALS}, '0') as hugeint)
        end""",
    # A whole number of 64 bits. To parse a decimal first takes ten times as long.
    "kpi_integer(raw)": f"""case when regexp_full_match(kpi_trimmed(raw), '{_INTEGER}')
        then try_cast(replace(kpi_trimmed(raw), ',', '') as bigint) end""",
    # Whether a year has fewer or more than four digits, as no listed form has.
    "kpi_is_implausible(value)": f"""value < timestamp '1000-01-01'
        or (value >= timestamp '10000-01-01' and value < {_IN_SUMMER})""",
    # The moment of a parsed cell, null for placeholders and implausible years. For most cells the first test decides.
    "kpi_dated(value)": f"""case
        when value >= timestamp '1900-01-02' and value < timestamp '9999-12-31' then value
        when value >= timestamp '1000-01-01' and value < timestamp '1900-01-01' then value
        when value >= {_IN_SUMMER} then value - to_years(20000) end""",
    # A datetime as text: only its date without a time of day, and a fraction of a second only if there is one.
    "kpi_moment_text(value, timed)": """case
        when not timed then strftime(value, '%Y-%m-%d')
        when microsecond(value) % 1000000 = 0 then strftime(value, '%Y-%m-%dT%H:%M:%S')
        else strftime(value, '%Y-%m-%dT%H:%M:%S.%f') end""",
    # A number as an exact fraction in lowest terms.
    "kpi_fraction(top, bottom)": """list_transform([top], lambda t: list_transform([gcd(t, bottom)], lambda g:
        (t // g)::varchar || case when bottom // g = 1 then '' else '/' || (bottom // g)::varchar end)[1])[1]""",
    # HMAC-SHA256 in hexadecimal digits, given the key's two pads.
    "kpi_hmac(message, inner_pad, outer_pad)": ("sha256(outer_pad || unhex(sha256(inner_pad || encode(message))))"),
    # Weekdays passed by the end of a day, counted from a Monday; and the day that is the Nth of them.
    "kpi_weekdays(day)": f"""cast(
        floor((day - {FIRST_DAY}) / 7) * 5 + least(5, (((day - {FIRST_DAY}) % 7) + 7) % 7 + 1) as bigint)""",
    "kpi_weekday_numbered(number)": f"""
        {FIRST_DAY} + cast(floor((number - 1) / 5) * 7 + (((number - 1) % 5) + 5) % 5 as integer)""",
    # Days outside the calendar of working days: before it every weekday is a working day, after it nothing is known.
    "kpi_passed_elsewhere(day)": f"""case
        when day < {FIRST_DAY} then kpi_weekdays(day)
        when day is not null then cast(error('{NOT_KNOWN} ' || day) as bigint) end""",
    "kpi_due_elsewhere(day, amount)": f"""case
        when day < {FIRST_DAY} then kpi_weekday_numbered(
            kpi_weekdays(day) + amount + case when amount < 0 then 1 - (isodow(day) < 6)::bigint else 0 end)
        when day is not null then cast(error('{NOT_KNOWN} ' || day) as date) end""",
    # Whether a datetime has a time other than midnight.
    "kpi_has_time(value)": "cast(value as time) <> time '00:00:00'",
    # The last microsecond of the day of a datetime.
    "kpi_end_of_day(value)": "date_trunc('day', value) + to_microseconds(86399999999)",
    # The time in Europe/London that many microseconds later. Here and below, a repeated time is read as GMT, and one
    # that does not exist as an hour later: that is how `timezone` reads them.
    "kpi_later(start, elapsed)": (
        "timezone('Europe/London', timezone('Europe/London', start) + to_microseconds(elapsed))"
    ),
    # Microseconds from start to stop, ignoring clock changes: enough in most cases.
    "kpi_gap(start, stop)": "epoch_us(stop) - epoch_us(start)",
    # Microseconds from start to stop; `more` is what summer time in a repeated hour adds or takes off. Time-zone
    # arithmetic is costly, so it is done only where the clocks may have changed.
    "kpi_elapsed(start, stop, more)": """case
        when kpi_summer(start) = kpi_summer(stop) then kpi_gap(start, stop)
        else epoch_us(timezone('Europe/London', stop)) - epoch_us(timezone('Europe/London', start)) + more end""",
    # The instant of a moment that may be summer time in a repeated hour.
    "kpi_instant(value, summer)": "timezone('Europe/London', value::timestamp) - to_hours(summer::integer)",
    # The first sort key of moments, before the clock time: summer time precedes the hour that repeats it.
    "kpi_in_order(value, summer)": """case
        when summer then date_trunc('hour', value) - to_microseconds(1) else value end""",
    # Completed years, taking the first of the birth month as the birthday.
    "kpi_age_years(birth, day)": (
        "cast(floor(date_diff('month', cast(birth as date), cast(day as date)) / 12) as bigint)"
    ),
}

# For a session with odd letters: fold them one by one, as Python does, and turn any white space into a space. Binding
# this takes a millisecond wherever a key or a code is compared.
FOLD_ODD_LETTERS = f"""create macro kpi_fold(word) as case
    when strlen(word) = length(word) then lower(word)
    when regexp_matches(word, '[{ODD_CLASS}]') then list_aggr(
        list_transform(string_split(word, ''), lambda letter: coalesce(
            string_split('{"|".join(_FOLDED.values())}', '|')[nullif(instr('{"".join(_FOLDED)}', letter), 0)],
            lower(letter))),
        'string_agg', '')
    else lower(word) end"""

# For a session whose files have no zone: to plan for one takes nearly as long as for all other forms of a moment.
WITHOUT_ZONES = "create macro kpi_zoned_moment(raw, midnight) as null::timestamp"


def create_macros() -> str:
    """Return the statements that make the functions, in one script."""
    return ";\n".join(f"create macro {head} as {body}" for head, body in MACROS.items())
