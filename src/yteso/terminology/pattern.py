"""A regular expression from a value set -> a test that takes linear time whatever the expression is.

Python's own engine can be made to run for ever by an expression; the engine of jsonschema-rs cannot.
"""

from __future__ import annotations

from collections.abc import Callable

import jsonschema_rs

from yteso.base.errors import Refused
from yteso.terminology.rules import BAD_PATTERN

LONGEST = 500
_SIZE = 1_000_000


def matcher(pattern: str) -> Callable[[str], bool]:
    """True for a text that matches as a whole. Refused (422) when the pattern is too long or cannot be read."""
    if len(pattern) > LONGEST:
        raise Refused(BAD_PATTERN.at(limit=LONGEST), status=422)
    try:
        validator = jsonschema_rs.Draft202012Validator(
            {"pattern": rf"\A(?:{pattern})\z"}, pattern_options=jsonschema_rs.RegexOptions(size_limit=_SIZE)
        )
    except ValueError as error:
        raise Refused(BAD_PATTERN.at(limit=LONGEST), status=422) from error
    return validator.is_valid
