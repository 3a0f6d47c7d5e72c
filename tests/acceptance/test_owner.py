"""Every place that opens a connection of the owner, or looks at the record for the platform, is listed with its reason.

`matrix/owner.csv` was written by reading each place: in the rooms that serve people function by function, in the others
(jobs, commands, machines' doors) file by file. What reads for somebody uses `reading`, or reads behind the second wall
on the connection that writes.
"""

import ast
import csv
from pathlib import Path

import yteso

SOURCE = Path(yteso.__file__).parent
LIST = Path(__file__).parent / "matrix" / "owner.csv"
SERVING = ("api", "apps", "client", "web")
OPENING = {"connection": "owner", "attempt": "owner", "peek": "peek"}
OTHER = ("jose.peek", "throttle.attempt")
KINDS = {
    "chain",
    "codes",
    "door",
    "job",
    "judged",
    "officer",
    "own",
    "platform",
    "register",
    "store",
    "write",
    "written",
}


def places():
    """(file, function, owner | peek) of every call."""
    for file in SOURCE.rglob("*.py"):
        name, text = file.relative_to(SOURCE), file.read_text(encoding="utf-8")
        if name.parts[0] != "db" and any(f"{call}(" in text for call in OPENING):
            serving = name.parts[0] in SERVING
            yield from ((str(name), inside if serving else "*", call) for inside, call in calls(ast.parse(text), ""))


def calls(node, inside):
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if isinstance(child, ast.Call) and ast.unparse(child.func) not in OTHER:
            call = ast.unparse(child.func).rpartition(".")[2]
            if call in OPENING:
                yield inside, OPENING[call]
        yield from calls(child, f"{inside}.{child.name}".strip(".") if named else inside)


def listed():
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_place_that_uses_the_owners_connection_is_listed_and_none_besides():
    found, known = set(places()), {(one["file"], one["function"], one["call"]) for one in listed()}
    assert found - known == set(), "read for people with `reading`, or list the place with the reason why not"
    assert known - found == set(), "these places are gone"
    assert len(found) > 100


def test_every_listed_place_says_why():
    assert {one["kind"] for one in listed()} == KINDS
    assert all(one["why"] for one in listed())


def test_no_app_and_no_page_of_the_shell_opens_a_connection_of_its_own():
    assert not [one for one in places() if one[0].split("/")[0] in ("apps", "web")]
