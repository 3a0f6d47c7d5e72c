"""The one table of the addresses under /fhir: which interaction answers, and so (by `access.policy`) who may."""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.bulk import bulk_cancel, bulk_file, bulk_status
from yteso.api.bundle import bundle
from yteso.api.call import Handler
from yteso.api.capabilities import capabilities
from yteso.api.create import create
from yteso.api.delete import delete, delete_by_criteria
from yteso.api.history import history
from yteso.api.openapi import openapi
from yteso.api.operations.routes import operation_routes
from yteso.api.operations.table import OPERATIONS
from yteso.api.patch import patch
from yteso.api.read import read
from yteso.api.route import Route, Router, route
from yteso.api.search import search, search_by_post, search_compartment, search_compartment_by_post
from yteso.api.search_compartment import search_whole_compartment
from yteso.api.search_system import search_system, search_system_by_post
from yteso.api.update import update, update_by_criteria
from yteso.api.vread import vread

ROUTES: tuple[Route[Handler], ...] = (
    route("GET", "metadata", Interaction.CAPABILITIES, capabilities),
    route("GET", "openapi.json", Interaction.CAPABILITIES, openapi, any_format=True),
    route("POST", "", Interaction.BATCH, bundle),
    route("GET", "", Interaction.SEARCH, search_system),
    route("POST", "_search", Interaction.SEARCH, search_system_by_post),
    route("GET", "_history", Interaction.HISTORY, history),
    route("GET", "{type}", Interaction.SEARCH, search),
    route("POST", "{type}/_search", Interaction.SEARCH, search_by_post),
    route("POST", "{type}", Interaction.CREATE, create),
    route("PUT", "{type}", Interaction.UPDATE, update_by_criteria),
    route("PATCH", "{type}", Interaction.PATCH, patch),
    route("DELETE", "{type}", Interaction.DELETE, delete_by_criteria),
    route("GET", "{type}/_history", Interaction.HISTORY, history),
    route("GET", "{type}/{id}", Interaction.READ, read),
    route("PUT", "{type}/{id}", Interaction.UPDATE, update),
    route("PATCH", "{type}/{id}", Interaction.PATCH, patch),
    route("DELETE", "{type}/{id}", Interaction.DELETE, delete),
    route("GET", "{type}/{id}/_history", Interaction.HISTORY, history),
    route("GET", "{type}/{id}/_history/{vid}", Interaction.VREAD, vread),
    route("GET", "_bulk/{id}", Interaction.BULK, bulk_status, any_format=True),
    route("DELETE", "_bulk/{id}", Interaction.BULK, bulk_cancel, any_format=True),
    route("GET", "_bulk/{id}/{vid}", Interaction.BULK, bulk_file, any_format=True),
    route("GET", "{type}/{id}/{member}", Interaction.SEARCH, search_compartment),
    route("GET", "{type}/{id}/*", Interaction.SEARCH, search_whole_compartment),
    route("POST", "{type}/{id}/{member}/_search", Interaction.SEARCH, search_compartment_by_post),
    *operation_routes(OPERATIONS),
)

ROUTER = Router(ROUTES)

OPEN = frozenset(["/".join(one.segments) for one in ROUTES if one.interaction is Interaction.CAPABILITIES])
"""The addresses that answer without a log-in."""
