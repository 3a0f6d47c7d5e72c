"""The interactions of the FHIR REST interface that the platform knows (FHIR R4 §3.1.0); with `$`, operations."""

from __future__ import annotations

from enum import StrEnum


class Interaction(StrEnum):
    """The interactions of the FHIR REST interface that the platform knows (FHIR R4 §3.1.0); with `$`, operations."""

    CAPABILITIES = "capabilities"
    READ = "read"
    VREAD = "vread"
    SEARCH = "search"
    HISTORY = "history"
    CREATE = "create"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    TRANSACTION = "transaction"
    BATCH = "batch"
    META = "$meta"
    EVERYTHING = "$everything"
    DOCUMENT = "$document"
    SUMMARY = "$summary"
    LASTN = "$lastn"
    STATS = "$stats"
    META_ADD = "$meta-add"
    VALIDATE = "$validate"
    META_DELETE = "$meta-delete"
    BULK = "bulk"
    EXPORT = "$export"
    IMPORT = "$import"
    LOOKUP = "$lookup"
    VALIDATE_CODE = "$validate-code"
    EXPAND = "$expand"
    TRANSLATE = "$translate"
    SUBSUMES = "$subsumes"
    SUBSCRIPTION_STATUS = "$status"
    SUBSCRIPTION_EVENTS = "$events"
    SUBSCRIPTION_TICKET = "$get-ws-binding-token"
