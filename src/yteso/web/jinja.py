"""The Jinja2 environment of every page: autoescape always, strict about missing names, our formats and components."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from yteso.web import charts, formats
from yteso.web.assets import asset_url
from yteso.web.isolation import Isolation, sentence_of, shown
from yteso.web.services import now


def environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend with its options."""
    given = {name: value for name, value in options.items() if name not in ("autoescape", "undefined")}
    env = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", Isolation],
        **given,
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update({name: sentence_of(env.globals[name]) for name in ("gettext", "ngettext")})
    env.globals.update(url=_url, asset=asset_url, language=get_language, charts=charts, this_moment=now)
    env.filters.update(
        isolated=shown,
        number=formats.number,
        percent=formats.percent,
        money=formats.money,
        money_short=formats.money_short,
        date=formats.date,
        moment=formats.moment,
        field_moment=formats.field_moment,
        clock=formats.clock,
        until=formats.until,
        size=formats.size,
        initials=formats.initials,
        span=formats.span,
        sentence=formats.sentence,
    )
    return env


def _url(name: str, *args: Any, **names: Any) -> str:
    """The path of a named view: `url('record:person', id)`."""
    return reverse(name, args=args, kwargs=names)
