"""The published OpenAPI tells every address, and nothing asked by it ends in a 5xx."""

from __future__ import annotations

import json
import urllib.request

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from yteso.access.principal import Role
from yteso.api.table import ROUTES


def fetch(served):
    with urllib.request.urlopen(f"{served.base}/openapi.json", timeout=10) as answer:
        return json.load(answer)


def test_every_route_is_published_and_open_to_all(served):
    told = fetch(served)
    assert told["openapi"].startswith("3.1")
    published = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert published == {(route.method, "/" + "/".join(route.segments)) for route in ROUTES}


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("role", "facility"), [(Role.INTEGRATOR, ""), (Role.DOCTOR, "79001")])
def test_nothing_asked_by_the_published_interface_ends_in_a_5xx(served, role, facility):
    schema = schemathesis.openapi.from_dict(fetch(served))
    headers = {"Authorization": f"Bearer {served.token(role, facility)}"}
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == len({(route.method, route.segments) for route in ROUTES})
    assert [failure for operation in operations for failure in failures(operation, served.base, headers)] == []


def failures(operation, base, headers):
    """What some invented requests to one address find: the address, and the status that is no answer."""
    found = []

    @settings(
        max_examples=40,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy())
    def ask(case):
        status = case.call(base_url=base, headers=headers, timeout=20).status_code
        if status >= 500:
            found.append((operation.label, status))

    ask()
    return found
