"""What a template shows is isolated where it could turn the rest of its line: no template has to think of it.

An expression in the text of a page (`{{ name }}`) goes through `isolated` (`base.direction`), and so does each name
inside a translated sentence (`_("…%(name)s…", name=name)`). Inside a tag or a `<textarea>` an expression is left alone:
there it is an address, or what a form sends back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import pass_context
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from markupsafe import Markup

from yteso.base.direction import isolated

_FILTER = "isolated"
_WITHIN = re.compile(r"<(?:[a-z][^<>]*|textarea\b[^>]*>[^<]*)\Z", re.IGNORECASE)
"""The end of what stands before an expression, when that is inside a tag or is what a `<textarea>` holds."""


def shown(value: Any) -> Any:
    """A text, isolated; what is HTML already, a number or nothing, as it is."""
    return isolated(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def sentence_of(translate: Callable[..., str]) -> Callable[..., str]:
    """`gettext` or `ngettext` of a template, which isolates what the sentence names."""

    @pass_context
    def told(context: Context, /, *texts: Any, **names: Any) -> str:
        return translate(context, *texts, **{name: shown(value) for name, value in names.items()})

    return told


class Isolation(Extension):
    """Puts the filter around every expression that stands in a page's text."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Called by Jinja2 for each template, once."""
        return _filtered(stream)


def _filtered(stream: TokenStream) -> Iterator[Token]:
    before, within = "", False
    for token in stream:
        if token.type == "data":
            before += token.value
            before = before[max(before.rfind("<"), 0) :]
        if token.type == "variable_begin":
            within = bool(_WITHIN.search(before))
            yield token
            if not within:
                yield Token(token.lineno, "lparen", "(")
        elif token.type == "variable_end" and not within:
            yield from (
                Token(token.lineno, "rparen", ")"),
                Token(token.lineno, "pipe", "|"),
                Token(token.lineno, "name", _FILTER),
                token,
            )
        else:
            yield token
