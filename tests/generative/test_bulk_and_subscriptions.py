"""Whatever stands in a line of an import or in a Subscription: findings, never an exception."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_resources import resources

from yteso.base.errors import Refused
from yteso.fhir.json import dumps, loads
from yteso.store.bulk.load import read_line
from yteso.store.rows import index_of, row_of
from yteso.store.subscriptions.definition import BACKPORT, issues_of, read_definition
from yteso.validate.structure import check_resource

WORDS = st.sampled_from(
    rb'''{ } [ ] " : , null \u0000 1e999 NaN "id" "resourceType":"Patient" "id":"a" "id":"" "name":[null]
    "reference":"http://test/fhir/X/1"'''.split()
) | st.sampled_from([b"\x00", b"\xff"])


@given(st.binary(max_size=200) | st.lists(WORDS, max_size=20).map(b"".join))
@settings(max_examples=400)
def test_reading_a_line_never_raises(line):
    put, issues = read_line(line, "http://test/fhir")
    assert (put is None) == any(issue.blocks for issue in issues)
    assert put is None or put.text in (b"", dumps(put.resource))


@given(resources())
@settings(max_examples=100, deadline=None)
def test_a_sound_resource_is_read_or_refused_by_number_and_can_be_indexed(resource):
    put, issues = read_line(dumps(resource), "http://test/fhir")
    if put is not None:
        index_of(row_of(put.resource, put.text))
    else:
        assert issues


TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "Patient?",
        "Patient?name=a",
        "urn:yteso:topic:Patient",
        "http://[",
        "https://h",
        "https://h:99999/",
        "A:b",
        "?",
        "Encounter?_id=1",
        "Patient?_id=%",
        "Patient?birthdate=x",
        "application/fhir+json",
        "2026-01-01T00:00:60Z",
        "9999-12-31T23:59:59-14:00",
    ]
)
EXTENSIONS = st.lists(
    st.fixed_dictionaries(
        {"url": st.sampled_from([f"{BACKPORT}backport-{n}" for n in ("max-count", "timeout", "payload-content")])},
        optional={"valueString": TEXTS, "valueUnsignedInt": st.integers(0, 10**6), "valueBoolean": st.booleans()},
    ),
    min_size=1,
    max_size=3,
)
CHANNELS = st.fixed_dictionaries(
    {"type": st.sampled_from(["rest-hook", "websocket", "email"])},
    optional={
        "endpoint": TEXTS,
        "payload": TEXTS,
        "_payload": st.fixed_dictionaries({"extension": EXTENSIONS}),
        "header": st.lists(TEXTS | st.none(), min_size=1, max_size=3),
        "extension": EXTENSIONS,
    },
)
SUBSCRIPTIONS = st.fixed_dictionaries(
    {
        "resourceType": st.just("Subscription"),
        "status": st.just("requested"),
        "reason": st.just("r"),
        "channel": CHANNELS,
    },
    optional={"criteria": TEXTS, "_criteria": st.fixed_dictionaries({"extension": EXTENSIONS}), "end": TEXTS},
)


@given(SUBSCRIPTIONS | resources("Subscription"))
@settings(max_examples=200, deadline=None)
def test_a_subscription_is_understood_or_refused_by_number(resource):
    try:
        sound = loads(dumps(resource))
    except Refused:
        return
    if any(issue.blocks for issue in check_resource(sound)):
        return
    if not issues_of(sound):
        read_definition(sound)
