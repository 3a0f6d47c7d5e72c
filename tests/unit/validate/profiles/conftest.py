"""Small profiles written as a differential, and a way to ask what is wrong with a resource."""

import pytest

from yteso.validate.profiles import Library, Shelf, check_profiles

R4 = "http://hl7.org/fhir/StructureDefinition/"
HERE = "http://example.org/"


def definition(id, type_, *elements, base="", **more):
    made = {
        "resourceType": "StructureDefinition",
        "id": id,
        "url": HERE + id,
        "name": id,
        "status": "draft",
        "kind": "complex-type" if type_ == "Extension" else "resource",
        "abstract": False,
        "type": type_,
        "baseDefinition": base or R4 + type_,
        "derivation": "constraint",
        "differential": {"element": [{"path": one["id"].replace(":", "|"), **one} for one in elements]},
    }
    for element in made["differential"]["element"]:
        element["path"] = ".".join(part.partition("|")[0] for part in element["path"].split("."))
        if ":" in element["id"].rpartition(".")[2]:
            element["sliceName"] = element["id"].rpartition(":")[2]
    return made | more


class OneValueSet:
    """Knows the codes a, b of the system s, one value set that it has no content of, and all of the standard's own."""

    def contains(self, value_set, system, code):
        if value_set.startswith("http://hl7.org/"):
            return True
        if value_set.endswith("unknown"):
            return None
        return system in ("", "s") and code in ("a", "b")


@pytest.fixture
def found():
    """`found(resource, definition, …)` -> [(number, place)] of the first definition's profile."""

    def judge(resource, *definitions, whole=False):
        library = Library(Shelf(definitions))
        profiles = [definitions[0]["url"]] if definitions else []
        issues = check_profiles(resource, library, OneValueSet(), profiles=profiles, whole=whole)
        return [(issue.code, issue.origin.field) for issue in issues]

    return judge
