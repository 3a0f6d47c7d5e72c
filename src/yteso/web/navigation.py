"""The ways through the house: which entries a role sees in the side rail, and where it starts. Apps bring their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.functional import Promise

from yteso.access.principal import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `view` is a URL name; `under` is the path all of its pages begin with."""

    label: str | Promise
    icon: str
    view: str
    under: str
    roles: frozenset[Role]


def entries(role: Role) -> Iterator[Entry]:
    """The entries of a role, in the order the apps are installed; an app's config has them in `navigation`."""
    for config in apps.get_app_configs():
        for entry in getattr(config, "navigation", ()):
            if role in entry.roles:
                yield entry


def rail(role: Role, path: str) -> list[dict[str, Any]]:
    """The entries as a template wants them, the one the person is in marked as current."""
    return [
        {"label": entry.label, "icon": entry.icon, "href": reverse(entry.view), "current": path.startswith(entry.under)}
        for entry in entries(role)
    ]


def start_of(role: Role) -> str:
    """The path of the page a role starts on: its first entry."""
    return next((reverse(entry.view) for entry in entries(role)), reverse("account"))
