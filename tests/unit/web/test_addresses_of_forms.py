"""What people type goes in a body; only filters that name nobody's health go in an address."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src" / "yteso"
FORM = re.compile(r'<form(?![^>]*method="post")[^>]*>.*?</form>', re.S)
FIELD = re.compile(r'name="([^"]+)"|(?:select|input)\("([^"]+)"')
FILTERS = {
    "web/templates/accounts/desk.html": {"q", "role", "state"},
    "web/templates/ui.html": {"q", "ui-state"},
    "apps/healthbook/templates/healthbook/who.html": {"of", "days", "facility", "own"},
    "apps/worklist/templates/worklist/start.html": {"day"},
    "apps/privacy/templates/privacy/register.html": {"new"},
    "apps/intake/templates/intake/start.html": {"code", "since", "until", "facility", "state", "severity"},
    "apps/ioc/templates/ioc/rows.html": {"span", "facility"},
}
"""`q` are user names of staff, `of` is the opaque id of whom one represents, `code` a rule's number."""


def test_a_form_whose_fields_stand_in_an_address_is_a_filter():
    found = {}
    for path in SOURCE.rglob("*.html"):
        fields = {
            one or other
            for form in FORM.findall(path.read_text(encoding="utf-8"))
            for one, other in FIELD.findall(form)
        }
        if fields:
            found[str(path.relative_to(SOURCE))] = fields
    assert found == FILTERS
