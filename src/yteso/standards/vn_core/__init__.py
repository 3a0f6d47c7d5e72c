"""VN Core as far as its constraints are known: data files here, FHIR conformance resources out.

Facts of a trial-use community draft, not its text: each artefact is a draft, experimental, names its legal source and
carries a mark whether it was seen in the guide or inferred. What the guide names but nobody could read is left out.
"""

from yteso.standards.vn_core.artefacts import PACKAGE, artefacts, digest, profiles_of
from yteso.standards.vn_core.describe import BASE, VERSION

__all__ = ["BASE", "PACKAGE", "VERSION", "artefacts", "digest", "profiles_of"]
