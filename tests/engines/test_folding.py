"""Case folding in DuckDB, against Python's, for every character there is."""

import sys

import duckdb
import pytest

from sgkpi.engines.duckdb.session.macros import FOLD_ODD_LETTERS, create_macros
from sgkpi.extracts.cells import normalise_key
from sgkpi.model.folding import fold

CHARACTERS = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


@pytest.fixture(scope="module", name="connection")
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(create_macros())
    connection.execute(FOLD_ODD_LETTERS.replace("create macro", "create or replace macro"))
    return connection


@pytest.mark.parametrize(
    ("macro", "expected"),
    [("kpi_key", normalise_key), ("kpi_folded", fold)],
)
def test_every_character_folds_as_in_python(
    connection: duckdb.DuckDBPyConnection, macro: str, expected: object
) -> None:
    """Between letters, where no space is trimmed: keys keep the control characters of ASCII, codes have spaces."""
    rows = connection.execute(
        f"select code, {macro}('a' || chr(code::integer) || 'B') from range(1, 1114112) as t(code) "
        "where code not between 55296 and 57343"
    ).fetchall()
    assert callable(expected)
    differing = [hex(code) for code, folded in rows if folded != expected(f"a{chr(code)}B")]
    assert differing == []
    assert len(rows) == len(CHARACTERS)


@pytest.mark.parametrize(
    "text", ["Straße 1.0", "İZMİR", "ΣΊΣΥΦΟΣ", "ﬁle\u00a0\u2003X", "Ꭰ\u1680ꭰ.0", "K\u2028ſ", "1.0", "é.0"]
)
def test_whole_texts_fold_as_in_python(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    found = connection.execute(
        "select kpi_key($1), kpi_key(kpi_trimmed($2)), kpi_folded($1)", [text, f" {text}\u3000"]
    ).fetchone()
    assert found == (normalise_key(text), normalise_key(text), fold(text))
