"""The macros render, escape what they are given, and carry what assistive technology needs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation

import yteso

SOURCE = Path(yteso.__file__).parent
NOW = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)


def rendered(source: str, **context) -> str:
    with translation.override("vi"):
        return engines["jinja2"].env.from_string(source).render(**context)


def test_a_tile_says_as_of_coverage_and_leads_to_its_rows():
    html = rendered(
        '{% from "components/data.html" import tile %}'
        '{% call tile("Lượt", id="t", href="/rows", as_of=now, coverage=(11, 12), refresh="/t") %}'
        "<p>7</p>{% endcall %}",
        now=NOW,
    )
    assert "21/11/2026 14:05" in html
    assert "11/12 cơ sở" in html
    assert 'href="/rows"' in html
    assert 'hx-trigger="live:marts from:body"' in html


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("loading", "Đang tải"),
        ("empty", "Chưa có số liệu"),
        ("error", "Chưa đọc được số liệu"),
        ("stale", "Số liệu cũ"),
    ],
)
def test_every_state_of_a_tile_is_said_in_words(kind, said):
    source = (
        "{% from \"components/data.html\" import tile %}{% call tile('T', kind=kind, as_of=now) %}<p>7</p>{% endcall %}"
    )
    assert said in rendered(source, kind=kind, now=NOW)


def test_what_a_sender_wrote_is_escaped():
    html = rendered('{% from "components/basic.html" import message %}{{ message(text) }}', text="<script>x</script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_chart_has_a_name_and_its_figures_as_a_table():
    html = rendered(
        '{% import "components/charts.html" as chart %}'
        '{{ chart.columns([("1/11", (3, 4))], ["A", "B"], "Tên", "Ngày") }}'
    )
    assert 'role="img" aria-label="Tên"' in html
    assert html.count("<td") == 2
    assert "style=" not in html


def test_a_field_with_an_error_is_tied_to_its_words():
    from yteso.web.accounts.forms import LogInForm

    form = LogInForm(None, {"username": "", "password": ""})
    assert not form.is_valid()
    html = rendered('{% from "components/forms.html" import field %}{{ field(form["username"]) }}', form=form)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_username-error"' in html


def test_no_template_has_inline_script_style_or_handlers():
    for path in [*SOURCE.glob("web/templates/**/*.html"), *SOURCE.glob("apps/*/templates/**/*.html")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:|\|\s*safe", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


def test_every_icon_that_is_named_is_in_the_sprite():
    import json

    known = set(json.loads((SOURCE.parents[1] / "frontend" / "icons.json").read_text()))
    used = set()
    for path in [*SOURCE.glob("web/templates/**/*.html"), *SOURCE.glob("apps/*/templates/**/*.html")]:
        used |= set(re.findall(r'icon\("([\w-]+)"\)', path.read_text(encoding="utf-8")))
    assert used
    assert used <= known
