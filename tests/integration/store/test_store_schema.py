"""The schema that can be read is the one that the migrations make."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import psycopg

from yteso.db.server_conf import ADMIN_ROLE

HOUSE = Path(__file__).parents[3]
SCRIPT = HOUSE / "scripts" / "generate" / "schema.py"


def test_the_pages_of_the_schema_are_what_the_migrations_make(server, template):
    made = runpy.run_path(str(SCRIPT), run_name="made")
    stale = [
        file.name
        for file, text in made["pages"](server, server.dsn(template, ADMIN_ROLE))
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run scripts/generate/schema.py"


def test_no_statement_calls_a_function_that_a_migration_dropped(server, template):
    """Where no other test comes by nobody would notice."""
    files = [*HOUSE.glob("src/**/*.py"), *HOUSE.glob("src/**/*.sql")]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    made = {
        name
        for file, text in texts.items()
        if file.parent.name == "migrations"
        for name in re.findall(r"FUNCTION (\w+\.\w+)", text)
    }
    with psycopg.connect(server.dsn(template)) as conn:
        there = {name for (name,) in conn.execute("SELECT pronamespace::regnamespace || '.' || proname FROM pg_proc")}
    gone = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(made - there)))})\(")
    assert "store.guarded" in made - there
    assert [file.name for file, text in texts.items() if file.parent.name != "migrations" and gone.search(text)] == []
