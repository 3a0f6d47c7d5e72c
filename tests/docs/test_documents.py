"""What cannot be generated from the code is at least present: settings, roles, interactions, decisions, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yteso.access.principal import Role
from yteso.api.headers import read_prefer
from yteso.api.table import ROUTES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_setting_is_told_to_operators():
    named = set(re.findall(r'"(YTESO_[A-Z_]+)"', text("src/yteso/base/settings.py")))
    assert len(named) >= 10
    assert {name for name in named if f"`{name}`" not in text("docs/how-to/operate.md")} == set()


def test_every_metric_told_to_operators_exists():
    told = set(re.findall(r"`(yteso_[a-z_]+)", text("docs/how-to/operate.md")))
    assert told
    assert {name for name in told if name not in text("src/yteso/ops/metrics.py")} == set()


def test_every_address_and_role_is_told_to_integrators():
    told = text("docs/reference/http-api.md")
    for route in ROUTES:
        path = "/".join(route.segments).replace("{type}", "[type]").replace("{id}", "[id]").replace("{vid}", "[n]")
        path = path.replace("{member}", "[type]")
        assert f"/fhir/{path}".rstrip("/") in told, path
    for role in set(Role) - {Role.SYSTEM}:
        assert f"| {role.value}" in told


def test_every_preference_told_to_integrators_is_understood():
    wanted = re.search(r"`Prefer: return=([^`]+)`", text("docs/reference/http-api.md"))
    assert [read_prefer(f"return={name.strip()}").returns for name in wanted[1].split("|")].count(None) == 0


def test_decisions_are_numbered_without_gaps_and_listed():
    files = sorted(path.name for path in (DOCS / "adr").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    index = text("docs/adr/README.md")
    for name in files:
        assert f"({name})" in index
        headings = re.findall(r"^(?:#+ |\*\*)(\w+)", text(f"docs/adr/{name}"), re.MULTILINE)
        assert headings[1:] == ["Status", "Context", "Decision", "Consequences"], name


@pytest.mark.parametrize("path", sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]))
def test_links_between_documents_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)", text(str(path))):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (ROOT / path).parent.joinpath(target).exists(), target


def test_every_room_says_what_it_is():
    rooms = [path for path in (ROOT / "src/yteso").iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    assert sorted(room.name for room in rooms if not (room / "README.md").exists()) == []
