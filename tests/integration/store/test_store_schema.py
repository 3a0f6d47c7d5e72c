"""The schema that can be read is the one that the migrations make."""

from __future__ import annotations

import runpy
from pathlib import Path

from yteso.db.server_conf import ADMIN_ROLE

SCRIPT = Path(__file__).parents[3] / "scripts" / "generate" / "schema.py"


def test_the_pages_of_the_schema_are_what_the_migrations_make(server, template):
    made = runpy.run_path(str(SCRIPT), run_name="made")
    stale = [
        file.name
        for file, text in made["pages"](server, server.dsn(template, ADMIN_ROLE))
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run scripts/generate/schema.py"
