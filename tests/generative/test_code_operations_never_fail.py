"""Whatever code systems, value sets and maps are stored or sent: answers and refusals, never a failure."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_resources import resources

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.fhir import json as fhir_json
from yteso.store.postgres import PostgresStore
from yteso.validate.structure import check_resource

INTEGRATOR = Principal("tích hợp Mẫu", Role.INTEGRATOR)

urls = st.sampled_from(["urn:x", "http://y/z?a=1&b=2", "#q", "urn:none"])
codes = st.sampled_from(["a", "b c", "<&>", "zz"])


extra = st.just({"extension": [{"url": "urn:x", "valueString": "y"}]})
operators = st.sampled_from(
    ["=", "is-a", "descendent-of", "is-not-a", "regex", "in", "not-in", "generalizes", "exists"]
)
filters = st.fixed_dictionaries(
    {"property": codes, "op": operators, "value": st.sampled_from(["a", "(", "true", ".*"])}
)
concepts = st.fixed_dictionaries({}, optional={"code": codes, "_code": extra}).filter(bool)
includes = st.fixed_dictionaries(
    {},
    optional={
        "system": urls,
        "version": codes,
        "concept": st.lists(concepts, min_size=1, max_size=2),
        "filter": st.lists(filters, min_size=1, max_size=2),
        "valueSet": st.lists(urls, min_size=1, max_size=2) | st.just([None]),
        "_valueSet": extra.map(lambda one: [one]),
    },
).filter(bool)
"""Parts of value sets with everything that may stand in them, of the made-up systems and sets."""

code_systems = st.tuples(resources("CodeSystem"), urls).map(lambda one: {**one[0], "url": one[1]})
value_sets = st.tuples(resources("ValueSet"), urls, st.lists(includes, min_size=1, max_size=2)).map(
    lambda one: {**one[0], "url": one[1], "compose": {"include": one[2]}}
) | resources("ValueSet")
concept_maps = resources("ConceptMap")


LEADS_NOWHERE = re.compile(rb'"API-003[567]"')
"""The refusals of a reference that names nothing: of those a resource is made up with, some do."""


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(code_systems, value_sets, concept_maps, urls, codes)
def test_operations_on_codes_answer_or_refuse_whatever_the_resources(
    database, system, value_set, concept_map, url, code
):
    api = Api(database, PostgresStore())

    def ask(method, path, body=None, query=""):
        data = BytesIO(b"" if body is None else fhir_json.dumps(body))
        answer = api.handle(Request(method, f"/{path}", query, {}, data, "http://t/fhir"), INTEGRATOR)
        assert answer.status < 500, (method, path, query, body, answer.body)
        return answer

    for one in (system, value_set, concept_map):
        if not any(issue.blocks for issue in check_resource(one)):
            stored = ask("PUT", f"{one['resourceType']}/x", {**one, "id": "x"})
            assert stored.status in (200, 201) or LEADS_NOWHERE.search(stored.body), stored.body
    asked = f"url={quote(url)}&code={quote(code)}&system={quote(url)}"
    named = f"code={quote(code)}&system={quote(url)}"
    ask("GET", "CodeSystem/$lookup", query=named)
    ask("GET", "CodeSystem/$validate-code", query=f"url={quote(url)}&code={quote(code)}&display=x")
    ask("GET", "CodeSystem/x/$validate-code", query=f"code={quote(code)}")
    ask("GET", "CodeSystem/x/$subsumes", query=f"codeA={quote(code)}&codeB=a")
    ask("GET", "ValueSet/$validate-code", query=asked)
    ask("GET", "ValueSet/x/$validate-code", query=named)
    ask("GET", "ValueSet/x/$expand", query="filter=a&includeDesignations=true&includeDefinition=true")
    ask("GET", "ValueSet/$expand", query=f"url={quote(url)}%3Ffhir_vs&displayLanguage=vi&activeOnly=true")
    ask("GET", "ConceptMap/x/$translate", query=named)
    ask("GET", "ConceptMap/x/$translate", query=f"{named}&reverse=true")
    ask("GET", "ConceptMap/$translate", query=named)
    ask("GET", "Condition", query=f"code:in={quote(url)}&code:below={quote(url)}|{quote(code)}")
    ask("POST", "ValueSet/$expand", value_set)
    ask("POST", "ValueSet/$validate-code", sent("valueSet", value_set, code))
    ask("POST", "CodeSystem/$validate-code", sent("codeSystem", system, code))
    ask("POST", "ConceptMap/$translate", sent("conceptMap", concept_map, code, {"name": "system", "valueUri": url}))


def sent(name, resource, code, *more):
    rows = [{"name": name, "resource": resource}, {"name": "code", "valueCode": code}, *more]
    return {"resourceType": "Parameters", "parameter": rows}
