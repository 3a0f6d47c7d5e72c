"""FHIR R4 XML (`application/fhir+xml`) <-> the JSON documents of this house, both ways, without loss.

    document = xml.loads(data)          # Refused (400), FHIR-0401 …
    data = xml.dumps(document)          # Refused (406), FHIR-0430 …

`shape.py` the element tables, compiled once per type; `read.py` with `frame.py`, and `write.py`: the two directions;
`narrative.py` the XHTML inside; `rules.py` what is refused. It does not judge a resource: cardinality and codes are
`validate`'s.
"""

from yteso.fhir.xml.read import loads
from yteso.fhir.xml.write import dumps

__all__ = ["dumps", "loads"]
