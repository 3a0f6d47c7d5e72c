"""What a client may ask for in headers, and how a refusal of it looks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yteso.api.headers import (
    Prefer,
    not_modified,
    read_prefer,
    read_version,
    version_headers,
)
from yteso.base.errors import Refused
from yteso.store.protocol import EXISTS

WHEN = datetime(2026, 1, 31, 1, 2, 3, 456789, tzinfo=UTC)


def status(call, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.status, refused.value.issues[0].code


@pytest.mark.parametrize(
    ("text", "prefer"),
    [
        ("", Prefer()),
        ("return=minimal", Prefer("minimal")),
        ("return=representation; handling=strict", Prefer("representation", strict=True)),
        ("handling=strict, return=OperationOutcome", Prefer("OperationOutcome", strict=True)),
        ("respond-async, return=everything", Prefer()),
        ('HANDLING = "strict";Return=minimal', Prefer("minimal", strict=True)),
        ("return=minimal, return=representation", Prefer("minimal")),
        ("handling=lenient, handling=strict", Prefer()),
    ],
)
def test_prefer_is_read_and_what_is_unknown_in_it_ignored(text, prefer):
    assert read_prefer(text) == prefer


@pytest.mark.parametrize(("text", "version"), [("", None), ('W/"3"', 3), ('"12"', 12), ("4", 4), (" * ", EXISTS)])
def test_an_etag_names_a_version(text, version):
    assert read_version(text) == version


@pytest.mark.parametrize("text", ['W/"x"', 'W/"1", W/"2"', "*, *", 'W/"٣"', '"12345678901"'])
def test_an_etag_that_names_no_version_gets_400(text):
    assert status(read_version, text) == (400, "API-0018")


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, False),
        ({"if-none-match": 'W/"2"'}, True),
        ({"if-none-match": '"other", W/"2"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": 'W/"1"'}, False),
        ({"if-modified-since": "Sat, 31 Jan 2026 01:02:03 GMT"}, True),
        ({"if-modified-since": "Sat, 31 Jan 2026 01:02:02 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-none-match": 'W/"1"', "if-modified-since": "Sat, 31 Jan 2026 01:02:03 GMT"}, False),
    ],
)
def test_304_is_for_a_client_that_already_has_this_version(headers, same):
    assert not_modified(headers, 2, WHEN) is same


def test_a_version_is_told_by_etag_and_last_modified():
    assert version_headers(7, WHEN) == {"ETag": 'W/"7"', "Last-Modified": "Sat, 31 Jan 2026 01:02:03 GMT"}
