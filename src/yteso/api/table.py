"""The one table of the addresses under /fhir: which interaction answers, and so (by `access.policy`) who may."""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.bundle import bundle
from yteso.api.capabilities import capabilities
from yteso.api.create import create
from yteso.api.delete import delete
from yteso.api.history import history
from yteso.api.operations.routes import operation_routes
from yteso.api.operations.table import OPERATIONS
from yteso.api.read import read
from yteso.api.refuse import refuse_conditional
from yteso.api.route import Route, Router, route
from yteso.api.search import search, search_by_post
from yteso.api.update import update
from yteso.api.vread import vread

ROUTES: tuple[Route, ...] = (
    route("GET", "metadata", Interaction.CAPABILITIES, capabilities),
    route("POST", "", Interaction.BATCH, bundle),
    route("GET", "_history", Interaction.HISTORY, history),
    route("GET", "{type}", Interaction.SEARCH, search),
    route("POST", "{type}/_search", Interaction.SEARCH, search_by_post),
    route("POST", "{type}", Interaction.CREATE, create),
    route("PUT", "{type}", Interaction.UPDATE, refuse_conditional),
    route("DELETE", "{type}", Interaction.DELETE, refuse_conditional),
    route("GET", "{type}/_history", Interaction.HISTORY, history),
    route("GET", "{type}/{id}", Interaction.READ, read),
    route("PUT", "{type}/{id}", Interaction.UPDATE, update),
    route("DELETE", "{type}/{id}", Interaction.DELETE, delete),
    route("GET", "{type}/{id}/_history", Interaction.HISTORY, history),
    route("GET", "{type}/{id}/_history/{vid}", Interaction.VREAD, vread),
    *operation_routes(OPERATIONS),
)

ROUTER = Router(ROUTES)
