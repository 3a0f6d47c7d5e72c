"""The printer's own process: a document as JSON on standard input, its PDF on standard output. Started by `press`.

It reads `paper.typ` beside it and the folder of the typeface it is given, and nothing else: no settings, no network, no
database. A process of its own, because what is set there must not stay in the memory of one that serves others, and can
be ended. It imports little: looking a package up costs half as much as setting a whole record.
"""

from __future__ import annotations

import os
import resource
import sys
import unicodedata

import typst

HERE = os.path.dirname(os.path.abspath(__file__))
MEMORY = 2 << 30
SECONDS = 20


def main() -> None:
    """Print one document as PDF/UA-1; with a sign that no typeface has, as a tagged PDF all the same."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Typefaces have the composed letters (ễ), some senders write them in pieces.
    document = unicodedata.normalize("NFC", sys.stdin.buffer.read().decode())
    typefaces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[sys.argv[1]])
    compiler = typst.Compiler(input=f"{HERE}/paper.typ", root=HERE, font_paths=typefaces)
    try:
        printed = compiler.compile(format="pdf", sys_inputs={"document": document}, pdf_standards=["ua-1"])
    except typst.TypstError:
        printed = compiler.compile(format="pdf", sys_inputs={"document": document})
    sys.stdout.buffer.write(printed)


if __name__ == "__main__":
    main()
