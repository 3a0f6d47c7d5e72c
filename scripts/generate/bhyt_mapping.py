"""docs/reference/bhyt-mapping.md from the mapping's own table. Run: python scripts/generate/bhyt_mapping.py"""

from __future__ import annotations

from pathlib import Path

from yteso.exchange.adapters.bhyt.map.coverage import FIELDS, ONLY_4210, WHOLE, LeftOut, Place, place_of
from yteso.standards.bhyt import TABLES

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "bhyt-mapping.md"
_HEAD = """<!-- made by scripts/generate/bhyt_mapping.py; do not edit -->
# BHYT → FHIR R4: where every field goes / mỗi trường đi đâu

Names of extensions are the last part of their address (`src/yteso/exchange/adapters/bhyt/map/systems.py`).
Every resource's `meta.source` is `urn:yteso:bhyt:{MA_CSKCB}:{MA_LK}#{table}/{row}`. Ids are a function of the sender's
keys. Fields left out stay in the kept file; the reason stands beside them.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, _summary()]
    for name, table in TABLES.items():
        if name in FIELDS:
            parts.append(f"\n## {name} – {table.vi} / {table.en}\n\n| field | meaning | FHIR |\n| --- | --- | --- |\n")
            for field in (*table.fields, *table.superseded):
                parts.append(f"| `{field.name}` | {_cell(field.vi)} | {_shown(place_of(name, field.name))} |\n")
    parts.append("\n## Tables read and kept, not mapped\n\n| table | meaning | reason |\n| --- | --- | --- |\n")
    parts.extend(f"| {n} | {TABLES[n].vi} / {TABLES[n].en} | {left.reason} |\n" for n, left in WHOLE.items())
    parts.append("\n## Fields only QĐ 4210 has\n\n| table | field | FHIR |\n| --- | --- | --- |\n")
    parts.extend(
        f"| {t} | `{f}` | {_shown(place)} |\n" for t, fields in ONLY_4210.items() for f, place in fields.items()
    )
    return "".join(parts)


def _summary() -> str:
    places = [place_of(name, f.name) for name, t in TABLES.items() for f in (*t.fields, *t.superseded)]
    mapped = sum(isinstance(place, str) for place in places)
    return f"\n{len(places)} fields: {mapped} mapped, {len(places) - mapped} left out with a reason.\n"


def _shown(place: Place | None) -> str:
    if isinstance(place, LeftOut):
        return f"– *{_cell(place.reason)}*"
    return _cell(place or "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")
