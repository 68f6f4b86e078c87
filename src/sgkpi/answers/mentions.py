"""Commentary that names a case: a word that is a key or a person of the extract."""

from sgkpi.extracts.extract import Extract
from sgkpi.model.commentary import CommentaryFolder
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.problems import Problem
from sgkpi.model.words import plural

CASE_KEY = "case-key-in-commentary"


def check_names_no_case(commentary: CommentaryFolder, extract: Extract) -> None:
    """Raise DefinitionsError with the place of every word that is a key or person of the extract, without the word."""
    if not commentary.words:
        return
    from sgkpi.engines.duckdb.quality.mentions import find_mentions

    named = find_mentions(extract, {word.text for word in commentary.words})
    message = "this names a case or a person of the extract; say it without the key"
    problems = [Problem(word.path, message, CASE_KEY, word.line) for word in commentary.words if word.text in named]
    if problems:
        places = plural(len({(each.path, each.line) for each in problems}), "place")
        raise DefinitionsError(f"the commentary names cases or persons in {places}:", problems)
