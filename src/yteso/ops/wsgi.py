"""The WSGI application of the web process: the doors by path, everything else to the pages."""

from __future__ import annotations

import gc

from yteso.base.settings import Settings
from yteso.oauth.origins import Origins
from yteso.oauth.server import PREFIXES
from yteso.ops.compose import Services, build
from yteso.ops.front import Door, Front
from yteso.ops.logs import log_to_stderr
from yteso.ops.scrape import guarded
from yteso.ops.sealer import ADDRESS, PublishedRoot

EXCHANGE = ("/exchange", "/api/token", "/api/qd130", "/api/egw", "/api/kcb", "/api/auth")


def doors_of(services: Services) -> tuple[Door, ...]:
    """Every door of the platform, in the order they are tried: the narrower address before the wider one."""
    health = services.health()
    metrics = guarded(health.metrics, services.bearer.verify_header, proxied=bool(services.settings.public_url))
    return (
        Door("audit-root", (ADDRESS,), PublishedRoot(services.database, services.keys).handle, anywhere=True),
        Door("oauth", PREFIXES, services.oauth.handle),
        Door("fhir", ("/fhir",), Origins(services.database).around(services.api().handle), mounted=True),
        Door("exchange", EXCHANGE, services.exchange()),
        Door("healthz", ("/healthz",), health.healthz, anywhere=True),
        Door("metrics", ("/metrics",), metrics, anywhere=True),
    )


def front_of(services: Services) -> Front:
    """All doors, and the pages for every other path."""
    given = services.settings
    return Front(doors_of(services), services.pages(), given.max_body, given.public_url, given.hosts)


def __getattr__(name: str) -> Front:
    """`application` is made when the server asks for it, so that importing this module connects to nothing."""
    if name != "application":
        raise AttributeError(name)
    settings = Settings.from_environment()
    log_to_stderr(settings.syslog)
    front = front_of(build(settings, application="yteso web", connections=settings.web_threads + 2))
    # Large documents are many dicts and no cycles: what lives for ever is set aside, the rest is looked through rarely.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    return front
