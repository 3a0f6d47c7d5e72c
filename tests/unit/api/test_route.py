"""Every address of the FHIR endpoint: who answers it, and who may come to it."""

from __future__ import annotations

import pytest

from yteso.access.policy import Interaction, restriction
from yteso.access.principal import Principal, Role
from yteso.api.route import MethodNotAllowed, Place
from yteso.api.table import ROUTER
from yteso.base.errors import Refused

ADDRESSES = [
    ("GET", "/metadata", Interaction.CAPABILITIES, Place()),
    ("GET", "/openapi.json", Interaction.CAPABILITIES, Place()),
    ("POST", "/", Interaction.BATCH, Place()),
    ("POST", "", Interaction.BATCH, Place()),
    ("GET", "/", Interaction.SEARCH, Place()),
    ("POST", "/_search", Interaction.SEARCH, Place()),
    ("GET", "/_history", Interaction.HISTORY, Place()),
    ("GET", "/Patient", Interaction.SEARCH, Place("Patient")),
    ("GET", "/Patient/", Interaction.SEARCH, Place("Patient")),
    ("POST", "/Patient/_search", Interaction.SEARCH, Place("Patient")),
    ("POST", "/Patient", Interaction.CREATE, Place("Patient")),
    ("PUT", "/Patient", Interaction.UPDATE, Place("Patient")),
    ("PATCH", "/Patient", Interaction.PATCH, Place("Patient")),
    ("DELETE", "/Patient", Interaction.DELETE, Place("Patient")),
    ("GET", "/Patient/_history", Interaction.HISTORY, Place("Patient")),
    ("GET", "/Patient/a.1", Interaction.READ, Place("Patient", "a.1")),
    ("PUT", "/Patient/a", Interaction.UPDATE, Place("Patient", "a")),
    ("PATCH", "/Patient/a", Interaction.PATCH, Place("Patient", "a")),
    ("DELETE", "/Patient/a", Interaction.DELETE, Place("Patient", "a")),
    ("GET", "/Patient/a/_history", Interaction.HISTORY, Place("Patient", "a")),
    ("GET", "/_bulk/a", Interaction.BULK, Place(id="a")),
    ("DELETE", "/_bulk/a", Interaction.BULK, Place(id="a")),
    ("GET", "/_bulk/a/Patient.1.ndjson", Interaction.BULK, Place(id="a", version="Patient.1.ndjson")),
    ("GET", "/Patient/a/_history/3", Interaction.VREAD, Place("Patient", "a", "3")),
    ("GET", "/Patient/a/Observation", Interaction.SEARCH, Place("Patient", "a", member="Observation")),
    ("GET", "/Patient/a/*", Interaction.SEARCH, Place("Patient", "a")),
    ("POST", "/Patient/a/Observation/_search", Interaction.SEARCH, Place("Patient", "a", member="Observation")),
]


@pytest.mark.parametrize(("method", "path", "interaction", "place"), ADDRESSES)
def test_an_address_leads_to_its_interaction(method, path, interaction, place):
    found, named = ROUTER.match(method, path)
    assert (found.interaction, named) == (interaction, place)


def test_every_route_of_the_table_has_an_example_here():
    reached = {ROUTER.match(method, path)[0] for method, path, _, _ in ADDRESSES}
    assert reached == {route for route in ROUTER.routes if route.operation is None}


def test_head_goes_where_get_goes():
    assert ROUTER.match("HEAD", "/Patient/a")[0] is ROUTER.match("GET", "/Patient/a")[0]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/Person2", "API-0002"),
        ("/patient/1", "API-0002"),
        ("/Resource", "API-0002"),
        ("/Patient/1/Observation/2/3", "API-0001"),
        ("/Patient/$never", "API-0001"),
        ("/Patient/1/$never", "API-0001"),
        ("/Patient/1/_history/2/3", "API-0001"),
        ("/Patient//_history", "API-0001"),
        ("/$never", "API-0001"),
        ("/_find", "API-0001"),
    ],
)
def test_what_is_nowhere_in_the_table_is_404(path, code):
    with pytest.raises(Refused) as refused:
        ROUTER.match("GET", path)
    assert (refused.value.status, refused.value.issues[0].code) == (404, code)


def test_another_method_is_405_and_names_the_right_ones():
    with pytest.raises(MethodNotAllowed) as refused:
        ROUTER.match("POST", "/Patient/a")
    assert refused.value.status == 405
    assert refused.value.allowed == "DELETE, GET, HEAD, PATCH, PUT"


_LOOKS = {"capabilities", "batch", "read", "vread", "search", "history"}
_WRITES = _LOOKS | {"create", "update", "patch"}
MAY = {
    None: {"capabilities"},
    Role.INTEGRATOR: {i.value for i in Interaction},
    Role.SYSTEM: {i.value for i in Interaction},
    Role.DOCTOR: _WRITES,
    Role.STATION: _WRITES,
    Role.NURSE: _LOOKS,
    Role.LAB: _LOOKS,
    Role.PHARMACIST: _LOOKS,
    Role.CASHIER: _LOOKS,
    Role.STAFF: _LOOKS,
    Role.CITIZEN: _LOOKS,
    Role.SURVEILLANCE: _LOOKS,
    Role.INSPECTOR: _LOOKS,
    Role.ADMINISTRATOR: {"capabilities", "batch"},
    Role.FACILITY_ADMINISTRATOR: {"capabilities", "batch"},
    Role.OPERATOR: {"capabilities", "batch"},
    Role.DATA_OFFICER: {"capabilities", "batch"},
    Role.ANALYST: {"capabilities"},
    Role.FACILITY: {"capabilities"},
}


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize(("method", "path", "interaction", "place"), [a for a in ADDRESSES if a[3].type])
def test_who_may_come_to_a_patients_address(role, method, path, interaction, place):
    who = Principal("an", role, "79001", person="p") if role else None
    route, named = ROUTER.match(method, path)
    allowed = restriction(who, route.interaction, named.type) is not None
    assert allowed == (interaction.value in MAY[role])
