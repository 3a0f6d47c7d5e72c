"""The official FHIRPath cases that lie beside the checkout, one by one. What differs is in `fhirpath/exclusions.yaml`.

Cases without a model run untyped, as the suite means them. Input files that the suite names are official examples of R4
or, where the suite made its own, documents made here from what the cases ask of them (`fhirpath/inputs`).
"""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from results import Suite

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import Surroundings, evaluate
from yteso.fhir.json import dumps, loads

SUITE = Suite(
    "fhirpath",
    "FHIRPath",
    "The cases of the official suite, as they lie beside the checkout, on the engine of `fhir/fhirpath`.",
    by_case="the engine answers as the suite expects",
)
pytestmark = pytest.mark.samples
HERE = Path(__file__).parent / "fhirpath"
FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhirpath" / "cases"
EXCLUSIONS = {row["case"]: row for row in yaml.safe_load((HERE / "exclusions.yaml").read_text())}


class Loader(yaml.SafeLoader):
    """YAML whose numbers keep their digits and whose dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


def cases(rows):
    for row in rows:
        if "expression" in row:
            several = row["expression"] if isinstance(row["expression"], list) else [row["expression"]]
            yield from ({**row, "expression": expression} for expression in several)
        for name, inside in row.items():
            if name.startswith("group"):
                yield from cases(inside)


def every_case():
    counted = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        document = yaml.load(path.read_text(), Loader)
        for case in cases(document["tests"]):
            name = f"{path.stem}: {case['expression']}"
            counted[name] = counted.get(name, 0) + 1
            if counted[name] > 1:
                name = f"{name} #{counted[name]}"
            yield name, case, document.get("subject")


CASES = list(every_case())


def answer(case, subject):
    document = loads((HERE / "inputs" / case["inputfile"]).read_bytes()) if "inputfile" in case else subject
    around = Surroundings(variables=case.get("variables", {}))
    expression, place = case["expression"], ""
    if isinstance(expression, dict):
        place, expression = expression["base"], expression["expression"]
    context, typed = case.get("context", ""), "model" in case
    return evaluate(expression, document, around=around, typed=typed, context=context, place=place)


def refused(case):
    result = case.get("result")
    return case.get("error", False) or (isinstance(result, list) and result[:1] != [] and "$status" in str(result[0]))


def plain(values):
    return [dumps(normal(value)) for value in values]


def normal(value):
    if isinstance(value, dict):
        return {name: normal(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [normal(part) for part in value]
    return Decimal(value).normalize() if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


@pytest.mark.parametrize(
    ("name", "case", "subject"), [pytest.param(*one, id=one[0][:90]) for one in CASES if one[0] not in EXCLUSIONS]
)
def test_the_engine_answers_as_the_suite_expects(shared, record_property, name, case, subject):
    record_property("case", name)
    if refused(case):
        with pytest.raises(Refused):
            answer(case, subject)
    else:
        assert plain(answer(case, subject)) == plain(case["result"])


@pytest.mark.parametrize("name", EXCLUSIONS)
def test_what_is_excluded_is_there_and_still_differs(shared, record_property, name):
    record_property("case", name)
    record_property("kind", EXCLUSIONS[name]["type"])
    record_property("excluded", EXCLUSIONS[name]["reason"])
    case, subject = next((case, subject) for known, case, subject in CASES if known == name)
    try:
        same = plain(answer(case, subject)) == plain(case.get("result", [None]))
    except Refused:
        same = refused(case)
    assert not same, "it passes now: take it out of exclusions.yaml"


def test_the_page_tells_it(shared, published):
    published()
