"""What a signed-in person was not shown, by the guard's decision or by the view's own -> a row of the audit chain.

A refusal that a view tells in a page of its own is one as well (`errors.keep_refusal`). The row of a page about a
person is found by that person: somebody tried. A forged form is a row, too.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yteso.base.errors import Refused
from yteso.web import errors
from yteso.web.accounts import trail
from yteso.web.guard import is_public, public
from yteso.web.logs import without_secrets

PATIENT = "patient"
"""What the part of an address is called that names whose page it is."""


class Denials:
    """The innermost middleware: it sees every answer as the view or the guard gave it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and note what came back when it is a refusal; without that row there is no answer."""
        response = self.get_response(request)
        refused: Refused | None = getattr(request, "refused", None)
        if (refused is not None or response.status_code in (403, 404)) and request.user.is_authenticated:
            match = request.resolver_match
            if match is not None and not is_public(match.func):
                told = [str(response.status_code), *(issue.code for issue in (refused.issues if refused else ()))]
                detail = f"{request.method} {' '.join(told)} {without_secrets(request.path)}"
                patient = match.kwargs.get(PATIENT) or request.GET.get("of", "")
                trail.acted(request, trail.Act.PAGE, match.view_name, detail, refused=True, patient=patient[:64])
        return response


@public
def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or too old: a row of the chain, not every one of a flood, and the calm page."""
    user = request.user if request.user.is_authenticated else None
    trail.tried(request, trail.Act.PAGE, f"form refused: {reason}", user=user)
    return errors.forgery(request, reason)
