"""What a page shows is isolated without its template's doing; what a form sends back and addresses stay as they are."""

from __future__ import annotations

import pytest

from yteso.web.jinja import environment

TURNED = "\u202eMẫu"
ALONE = f"\u2068{TURNED}\u2069"


def rendered(source: str) -> str:
    return environment().from_string(source).render(name=TURNED, names=[TURNED, "Thử"])


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>{{ name }} – 3</p>", f"<p>{ALONE} – 3</p>"),
        ("<b>{{ 'x' if not name else name }}</b>", f"<b>{ALONE}</b>"),
        ("{% for one in names %}<li>{{ one }}</li>{% endfor %}", f"<li>{ALONE}</li><li>Thử</li>"),
        ('<a href="/x">{{- name -}}</a>', f'<a href="/x">{ALONE}</a>'),
        ("<p>{{ _('%(name)s (ứng dụng)', name=name) }}</p>", f"<p>{ALONE} (ứng dụng)</p>"),
        ("<i aria-label=\"{{ _('%(name)s, 2', name=name) }}\">", f'<i aria-label="{ALONE}, 2">'),
        ("{% macro b(text) %}<b>{{ text }}</b>{% endmacro %}{{ b(name) }} 1", f"<b>{ALONE}</b> 1"),
        ("{{ name }} < {{ name }}", f"{ALONE} < {ALONE}"),
    ],
)
def test_a_name_in_the_text_of_a_page_turns_nothing_but_itself(source, shown):
    assert rendered(source) == shown


@pytest.mark.parametrize(
    "source",
    [
        '<input name="q" value="{{ name }}">',
        '<input{% if name %} value="{{ name }}"{% endif %}>',
        '<a class="x" href="?q={{ name }}">x</a>',
        '<textarea name="a" rows="2">{{ name }}</textarea>',
        '<textarea name="a"{% if name %} rows="2"{% endif %}>x {{ name }}</textarea>',
    ],
)
def test_what_is_sent_back_and_an_address_stay_as_they_are(source):
    assert TURNED in rendered(source)
    assert ALONE not in rendered(source)


def test_html_that_is_made_is_not_isolated_again():
    assert rendered("{% set made %}<b>{{ name }}</b>{% endset %}<p>{{ made }}</p>") == f"<p><b>{ALONE}</b></p>"
