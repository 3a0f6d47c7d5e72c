"""Orders that no index has: matches are read and sorted, page by page, also while others write."""

from dataclasses import replace

import pytest

from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused
from yteso.search.parse import parse
from yteso.store import links, sorted_page
from yteso.store.protocol import Put, Remove

CODES = ["c", "a", None, "b", "a"]


def observation(n, code):
    coded = {"coding": [{"system": "s", "code": code}]} if code else {"text": "x"}
    subject = {"reference": f"Patient/p{n % 2}"}
    return {"resourceType": "Observation", "id": f"o{n}", "status": "final", "code": coded, "subject": subject}


@pytest.fixture
def results(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(observation(n, code)) for n, code in enumerate(CODES)])


def pages(database, store, who, text, between=lambda _: None):
    query, issues = parse("Observation", text)
    assert not issues
    shown, totals = [], set()
    for turn in range(20):
        with database.connection() as conn:
            page = store.search(conn, who, EVERYTHING, query)
        shown.append([one.id for one in page.matches])
        totals.add(page.total)
        if not page.next:
            return shown, totals
        between(turn)
        query = replace(query, cursor=page.next)
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("code", ["o2", "o1", "o4", "o3", "o0"]),
        ("-code", ["o0", "o3", "o4", "o1", "o2"]),
        ("subject,-_id", ["o4", "o2", "o0", "o3", "o1"]),
        ("status,code", ["o2", "o1", "o4", "o3", "o0"]),
        ("code,_lastUpdated", ["o2", "o1", "o4", "o3", "o0"]),
    ],
)
def test_any_simple_parameter_orders_the_matches(database, store, administrator, results, sort, ids):
    shown, totals = pages(database, store, administrator, f"_sort={sort}&_count=2")
    assert [one for page in shown for one in page] == ids
    assert totals == {5}


def test_pages_show_what_stays_once_while_others_write(database, store, administrator, results):
    def write(turn):
        with database.connection() as conn:
            changes = [Put(observation(10 + turn, "0")), Put(observation(20 + turn, "z"))]
            store.write(conn, administrator, [*changes, *([Remove("Observation", "o1")] if turn == 0 else [])])

    shown, _ = pages(database, store, administrator, "_sort=code&_count=2", write)
    found = [one for page in shown for one in page]
    assert len(found) == len(set(found))
    assert [one for one in found if one in {"o2", "o4", "o3", "o0"}] == ["o2", "o4", "o3", "o0"]


def test_more_than_can_be_read_are_not_sorted(database, store, administrator, results, monkeypatch):
    monkeypatch.setattr(sorted_page, "MOST", 3)
    with pytest.raises(Refused, match="SRCH-0012"):
        pages(database, store, administrator, "_sort=code")
    assert pages(database, store, administrator, "_sort=code&subject=Patient/p1")[0] == [["o1", "o3"]]


@pytest.mark.parametrize("text", ["_sort=code", "_content=x", "code:text=x"])
def test_what_would_fill_the_memory_is_not_read(database, store, administrator, results, monkeypatch, text):
    monkeypatch.setattr(links, "MOST_MEGABYTES", 0)
    with pytest.raises(Refused, match="SRCH-0026"):
        pages(database, store, administrator, text)
    monkeypatch.setattr(links, "MOST_MEGABYTES", 1)
    assert pages(database, store, administrator, text)[0]


def test_a_cursor_of_another_order_is_refused(database, store, administrator, results):
    query, _ = parse("Observation", "_sort=code&_count=2")
    with database.connection() as conn:
        following = store.search(conn, administrator, EVERYTHING, query).next
        other, _ = parse("Observation", f"_sort=-code&_count=2&_cursor={following}")
        with pytest.raises(Refused, match="SRCH-0001"):
            store.search(conn, administrator, EVERYTHING, other)


def test_what_is_hidden_is_not_sorted_by(database, store, administrator, results):
    query, _ = parse("Observation", "_sort=code")
    nobody = Restriction(types=None, care_facility="79001", care_types=frozenset(["Observation"]))
    with database.connection() as conn:
        page = store.search(conn, administrator, nobody, query)
    assert (page.matches, page.total) == ((), 0)
