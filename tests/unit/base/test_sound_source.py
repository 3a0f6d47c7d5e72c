"""What no line of the platform does: a shell, a program made of input, an object out of bytes, a cipher in ECB mode."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src" / "yteso"
GENERATES = {"search/program.py": "an index program per type, made of our own tables of search parameters"}
"""The one place that runs text as a program, and what the text is made of."""
OBJECTS = frozenset({"pickle", "cPickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "joblib"})
"""Ways from bytes to objects of any kind."""
STARTERS = frozenset({"run", "Popen", "call", "check_call", "check_output", "run_as"})


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in SOURCE.rglob("*.py"):
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, str, ast.Call]]:
    """(what it is called on, the name, the call)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id, node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node


def test_no_command_goes_through_a_shell_or_is_one_text():
    started = []
    for place, tree in trees():
        for on, name, call in calls(tree):
            assert (on, name) not in {("os", "system"), ("os", "popen"), ("pty", "spawn")}, place
            assert not any(one.arg == "shell" for one in call.keywords), place
            if on == "subprocess" and name in STARTERS:
                assert not isinstance(call.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp)), place
                started.append(place)
    assert len(started) > 3


def test_no_text_is_run_as_a_program_but_what_is_made_of_our_own_tables():
    found = {place for place, tree in trees() for on, name, _ in calls(tree) if not on and name in ("eval", "exec")}
    assert found == set(GENERATES)


def test_no_bytes_become_objects():
    for place, tree in trees():
        names = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name.partition(".")[0] for name in names} & OBJECTS, place


def test_nothing_is_enciphered_block_by_block_or_with_a_padding_that_tells():
    for place, tree in trees():
        words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not words & {"ECB", "ARC4", "TripleDES", "Blowfish", "PKCS1v15", "AES", "Cipher"}, place


def test_no_broken_hash_is_used_but_for_what_the_insurers_interface_sends_in_the_place_of_a_password():
    """Of which argon2id is kept. HMAC-SHA-1 of RFC 6238 is django-allauth's."""
    found = {place: call for place, tree in trees() for _, name, call in calls(tree) if name in ("md5", "sha1", "new")}
    weak = {place: call for place, call in found.items() if ast.unparse(call.func) != "hmac.new"}
    assert set(weak) == {"exchange/sender.py", "sandbox/feed.py"}, "the interface, and the simulator of who uses it"
    assert all("usedforsecurity=False" in ast.unparse(call) for call in weak.values())


PATTERNS = frozenset({"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
OWN_PATTERNS = {
    "search/sensitivity.py": "codes of the rules in our own table",
    "fhir/fhirpath/patterns.py": "matches() and replaceMatches(): only what cannot run long is taken",
    "exchange/doors.py": "addresses of our own table of doors",
    "exchange/adapters/bhyt/envelope.py": "names of elements, a table beside it",
    "validate/rules/bhyt/codes.py": "forms of codes, a table beside it",
    "standards/identifiers.py": "forms of identifiers, a table beside it",
    "store/unnamed.py": "names of types, a table of the standard",
    "web/accounts/sessions.py": "names of browsers, a table beside it",
}
"""Where a pattern is more than a literal, and what it is made of."""


def _is_literal(node: ast.expr) -> bool:
    """A literal, or one put together from constants of the module (names in capitals) alone."""
    if isinstance(node, ast.JoinedStr):
        return all(_is_literal(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _is_literal(node.value)
    if isinstance(node, ast.BinOp):
        return _is_literal(node.left) and _is_literal(node.right)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "re.escape"
    name = node.id if isinstance(node, ast.Name) else ""
    return isinstance(node, ast.Constant) or (bool(name) and name.upper() == name)


def test_no_pattern_is_made_of_input():
    made = {
        path
        for path, tree in trees()
        for holder, name, call in calls(tree)
        if holder in ("re", "re2", "regex") and name in PATTERNS and call.args and not _is_literal(call.args[0])
    }
    assert made <= set(OWN_PATTERNS), "escape what is put into a pattern, or say here what it is made of"


SCRIPTS = SOURCE.parents[1] / "frontend" / "js"
_WRITES_BY_NAME = re.compile(r"\w\[(?!['\"\d])[^\]]+\]\s*=(?!=)")
_COPIES = re.compile(
    r"Object\.(assign|fromEntries|setPrototypeOf|defineProperty)|__proto__|\bfor\s*\([^)]*\bin\b|structuredClone"
)
_RUNS = re.compile(r"\beval\(|new Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write")


def test_scripts_of_pages_give_input_no_way_to_a_prototype_or_a_program():
    """No property is written under a name that is not ours, nothing is copied key by key, no text becomes markup."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.js"))}
    assert len(texts) >= 7
    for way in (_WRITES_BY_NAME, _COPIES, _RUNS):
        assert not [(name, found[0]) for name, text in texts.items() if (found := way.search(text))]
