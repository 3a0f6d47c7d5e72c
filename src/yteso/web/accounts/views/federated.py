"""Signing in by OpenID Connect, and tying such an identity to one's account."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.base.errors import Refused
from yteso.signing.shelf import Shelf
from yteso.standards.identifiers import valid_cccd
from yteso.web import rules
from yteso.web.accounts import held, idle, life, oidc, people, trail
from yteso.web.accounts.models import Identity, User
from yteso.web.accounts.oidc import client_key, flow
from yteso.web.accounts.oidc.provider import Provider
from yteso.web.accounts.views.entrance import safe_target
from yteso.web.errors import told
from yteso.web.guard import ACCOUNTS, allow, is_fresh, needs_fresh_login, public
from yteso.web.services import now, service

_KEPT = "oidc"


@public
@require_POST
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """To the provider's page: to sign in; for who is signed in to tie the identity to the own account (for which it
    must be fresh), or (`prove`) to prove again who one is.
    """
    chosen = _provider(provider)
    linking, proving = request.user.is_authenticated, "prove" in request.POST
    if linking and not proving and not is_fresh(request):
        back_here = f"{reverse('account_reauthenticate')}?next={reverse('account')}"
        return HttpResponseRedirect(back_here)
    where, moment = _back_address(request, chosen), int(now().timestamp())
    address, kept = flow.begin(chosen, where, moment, again=linking and proving)
    request.session[_KEPT] = {
        **kept,
        "after": safe_target(request),
        "user": request.user.pk if linking else None,
    }
    return HttpResponseRedirect(address)


@public
@require_GET
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """The person is back from the provider. What was remembered counts once."""
    chosen = _provider(provider)
    kept = request.session.pop(_KEPT, {})
    moment = int(now().timestamp())
    answer = {name: request.GET.get(name, "") for name in ("state", "code", "iss", "error") if name in request.GET}
    where = _back_address(request, chosen)
    try:
        who = flow.finish(chosen, kept, answer, back=where, shelf=_shelf(), moment=moment)
        if kept["user"] is not None:
            _require_same(request, kept["user"])
            if kept["again"] and request.user.role == Role.CITIZEN:
                _require_sure(chosen, who)
            return _proved(request, who, kept["after"]) if kept["again"] else _linked(request, who)
        user = _account_of(chosen, who)
        if not user.is_active or idle.disable_if_idle(user):
            raise Refused(rules.NO_ACCOUNT.at(), status=403)
    except Refused as refused:
        codes = " ".join(issue.code for issue in refused.issues)
        trail.tried(request, trail.Act.LOGIN, f"oidc {chosen.id} {codes}")
        if codes != rules.STOPPED.code:
            raise
        return _stopped(request, refused, kept["after"])
    request.session[life.STATED] = who.assurance
    record_authentication(request, user, "oidc", provider=chosen.id)
    return perform_login(request, Login(user=user, redirect_url=kept["after"]))


def _stopped(request: HttpRequest, refused: Refused, after: str | None) -> HttpResponse:
    """To where the provider was chosen, which says so: the log-in, or who is signed in where one wanted to go."""
    messages.info(request, told(refused.issues[0])["text"])
    if request.user.is_authenticated:
        return HttpResponseRedirect(after or reverse("account"))
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': after or '/'})}")


@public
@require_GET
def keys(_: HttpRequest, provider: str) -> HttpResponse:
    """Our public key, for the provider to check who asks (`private_key_jwt`)."""
    _provider(provider)
    return JsonResponse(client_key.public(_shelf()))


@allow(*ACCOUNTS)
@needs_fresh_login
@require_POST
def unlink(request: HttpRequest, id: int) -> HttpResponse:
    """The identity is tied to the account no more. An account without a password keeps its last way in."""
    others = request.user.identities.exclude(pk=id)
    if not request.user.has_usable_password() and not others.exists():
        messages.error(request, gettext("Đây là cách đăng nhập duy nhất của tài khoản này."))
    elif _untied(request, id):
        messages.success(request, gettext("Đã gỡ."))
    return HttpResponseRedirect(reverse("account"))


@transaction.atomic
def _untied(request: HttpRequest, id: int) -> bool:
    found = request.user.identities.select_for_update().filter(pk=id).first()
    if found is None:
        return False
    found.delete()
    trail.acted(request, trail.Act.IDENTITY, detail="untied", rights=[held.identity(found.issuer, found.subject)])
    return True


def _provider(id: str) -> Provider:
    found = oidc.provider(id)
    if found is None:
        raise Http404
    return found


def _back_address(request: HttpRequest, provider: Provider) -> str:
    path = reverse("account_provider_back", args=[provider.id])
    public_url = settings.YTESO.public_url.rstrip("/")
    return f"{public_url}{path}" if public_url else request.build_absolute_uri(path)


def _require_same(request: HttpRequest, user_id: int) -> None:
    """Who began this must still be the one that is signed in."""
    if not request.user.is_authenticated or request.user.pk != user_id:
        raise Refused(rules.NO_ACCOUNT.at(), status=403)


def _shelf() -> Shelf:
    return Shelf.of(settings.YTESO.home, settings.YTESO.keys)


def _proved(request: HttpRequest, who: flow.Who, after: str | None) -> HttpResponse:
    """The provider asked anew who it is; it must be the person of this account."""
    if not request.user.identities.filter(issuer=who.issuer, subject=who.subject).exists():
        raise Refused(rules.NO_ACCOUNT.at(), status=403)
    life.prove(request)
    return HttpResponseRedirect(after or reverse("account"))


def _linked(request: HttpRequest, who: flow.Who) -> HttpResponse:
    """Tie the identity to the account that is signed in."""
    _bind(request.user, who)
    messages.success(request, gettext("Đã liên kết."))
    return HttpResponseRedirect(reverse("account"))


def _bind(user: User, who: flow.Who) -> None:
    try:
        with transaction.atomic():
            row, made = Identity.objects.get_or_create(issuer=who.issuer, subject=who.subject, defaults={"user": user})
            if made:
                rights = [held.identity(who.issuer, who.subject, user.username)]
                detail = f"tied: {who.issuer}"
                trail.note(trail.account_of(user), trail.Act.IDENTITY, user.username, detail, rights=rights)
    except IntegrityError as error:
        raise Refused(rules.IDENTITY_TAKEN.at(), status=409) from error
    if row.user_id != user.pk:
        raise Refused(rules.IDENTITY_TAKEN.at(), status=409)
    Identity.objects.filter(pk=row.pk).update(last_used=now())


def _account_of(provider: Provider, who: flow.Who) -> User:
    """The account of an identity; a citizen's is made at the first log-in. Raises Refused WEB-0009, WEB-0011."""
    known = Identity.objects.select_related("user").filter(issuer=who.issuer, subject=who.subject).first()
    if known is None:
        user = _citizen(provider, who)
        _bind(user, who)
        return user
    if known.user.role == Role.CITIZEN:
        _require_sure(provider, who)
    Identity.objects.filter(pk=known.pk).update(last_used=now())
    return known.user


def _require_sure(provider: Provider, who: flow.Who) -> None:
    """A citizen's record opens only to whom the provider identified well enough. Raises Refused WEB-0011."""
    if who.assurance < provider.least:
        raise Refused(rules.NOT_SURE.at(provider=provider.name, level=provider.least), status=403)


def _citizen(provider: Provider, who: flow.Who) -> User:
    """The citizen whose number exactly one record has."""
    if not provider.citizens or not valid_cccd(who.citizen, who.birth_date):
        raise Refused(rules.NO_ACCOUNT.at(), status=403)
    _require_sure(provider, who)
    persons = service("citizens").with_number(who.citizen, who.birth_date)
    if len(persons) != 1:
        raise Refused(rules.NO_ACCOUNT.at(), status=403)
    return _citizen_account(persons[0], who)


@transaction.atomic
def _citizen_account(person: str, who: flow.Who) -> User:
    present = User.objects.select_for_update().filter(role=Role.CITIZEN, person=person).first()
    if present is not None:
        return present
    name = f"nd-{secrets.token_hex(6)}"
    user = User(username=name, display_name=who.name or name, role=Role.CITIZEN.value, person=person)
    user.set_unusable_password()
    user.save()
    detail = people.described(user, "made at the first log-in")
    trail.note(trail.account_of(user), trail.Act.ACCOUNT, name, detail, rights=held.account(name))
    return user
