"""Whole numbers as DuckDB reads them, against the reading of cells in Python."""

from random import Random

import duckdb

from sgkpi.engines.duckdb.session.macros import create_macros
from sgkpi.extracts.cells import parse_integer
from sgkpi.model.folding import WHITESPACE


def written_number(draw: Random) -> str:
    """A text that is much like a whole number: of any length, with signs, commas, decimals, space and slips."""
    whole = "".join(draw.choice("0123456789") for _ in range(draw.choice([0, 1, 1, 2, 3, 4, 7, 18, 19, 20, 21])))
    if draw.random() < 0.3:
        groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)]
        whole = ",".join(reversed(groups))
    text = draw.choice(["", "", "+", "-"]) + whole
    if draw.random() < 0.5:
        text += "." + "".join(draw.choice("0" * 30 + "1") for _ in range(draw.choice([0, 1, 2, 17, 18, 19, 20])))
    if draw.random() < 0.1:
        place = draw.randrange(len(text) + 1)
        text = text[:place] + draw.choice([",", " ", "e", ".", "٣", "x", "_"]) + text[place:]
    return draw.choice(["", "", " ", "\xa0", "\t"]) + text + draw.choice(["", "", " ", "\n"])


def test_a_whole_number_of_any_form_is_read_as_in_python() -> None:
    connection, draw = duckdb.connect(), Random(2019)
    connection.execute(create_macros())
    greatest = 2**63 - 1
    texts = [written_number(draw) for _ in range(60_000)]
    texts += [str(greatest + more) for more in (0, 1)] + [str(-greatest - more) for more in (0, 1, 2)]
    texts += ["0" * 19 + "5", "0" * 20 + "5", "1" + ",000" * 6, "12" + ",000" * 6, "001" + ",000" * 6]
    query = "select raw, kpi_integer(raw) from (select unnest($1::varchar[]) as raw)"
    rows = connection.execute(query, [texts]).fetchall()
    assert {text for text, value in rows if value != parse_integer(text.strip(WHITESPACE))} == set()
    assert sum(value is not None for _, value in rows) > 20_000
