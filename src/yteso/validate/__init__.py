"""Structure of FHIR resources and, in `rules`, one business rule per file. Pure: data in, issues out."""

from yteso.validate.structure import check_resource

__all__ = ["check_resource"]
