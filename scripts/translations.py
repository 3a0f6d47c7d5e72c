"""The catalogues of the pages: `--check` that English is complete, `--update` it from the sources, `--compile` it.

The Vietnamese text is the message itself; so there is one catalogue, English, and every message must be in it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (ROOT / "src/yteso/web", ROOT / "src/yteso/apps")
ENGLISH = ROOT / "src/yteso/web/locale/en/LC_MESSAGES/django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def main() -> int:
    """Do what was asked; 1 when the catalogue is not complete."""
    parser = argparse.ArgumentParser(description=__doc__)
    act = parser.add_mutually_exclusive_group(required=True)
    for name in ("check", "update", "compile"):
        act.add_argument(f"--{name}", action="store_true")
    asked = parser.parse_args()
    if asked.check:
        return check()
    return update() if asked.update else compile_()


def template() -> Catalog:
    """Every message of the sources."""
    catalog = Catalog(charset="utf-8")
    for path, method in files():
        found = extract_from_file(method, path, keywords=KEYWORDS, options={"encoding": "utf-8", "silent": "false"})
        for line, message, _, context in found:
            catalog.add(message, locations=[(str(path.relative_to(ROOT)), line)], context=context)
    return catalog


def files() -> Iterator[tuple[Path, str]]:
    """Python files and Jinja templates, in a stable order."""
    for folder in SOURCES:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".py":
                yield path, "python"
            elif path.suffix == ".html" and "templates" in path.parts:
                yield path, "jinja2"


def check() -> int:
    """Name every message English does not have."""
    english = present()
    missing = [message for message in template() if message.id and not translated(english, message.id, message.context)]
    for message in missing:
        where = ", ".join(f"{file}:{line}" for file, line in message.locations[:2])
        print(f"{where}: no English for {message.id!r}", file=sys.stderr)
    return 1 if missing else 0


def translated(english: Catalog, id: object, context: str | None) -> bool:
    """True when there is a text that is not only a guess."""
    message = english.get(id, context)
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def update() -> int:
    """Add new messages (empty, to be translated), drop those no longer used."""
    english = present()
    english.update(template(), no_fuzzy_matching=True)
    english.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, english, width=120, omit_header=False, include_lineno=False, sort_output=True)
    ENGLISH.write_bytes(text.getvalue())
    return 0


def compile_() -> int:
    """Write the `.mo` beside each `.po`."""
    for source in ENGLISH.parents[2].glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parents[1].name))
    return 0


def present() -> Catalog:
    """The English catalogue as it is; an empty one when there is none."""
    if not ENGLISH.exists():
        return Catalog(locale="en", domain="django", charset="utf-8")
    with ENGLISH.open("rb") as text:
        return read_po(text, locale="en", domain="django")


if __name__ == "__main__":
    sys.exit(main())
