"""Second factors: codes of an authenticator app (RFC 6238), recovery codes, passkeys (WebAuthn).

Kept in allauth's table; an app's secret is encrypted (`adapter`), recovery codes are hashes. A code counts once: the
time step it belongs to is written down in the statement that checks that it is newer than the last (RFC 6238 §5.2).
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from yteso.access.principal import Role
from yteso.web.accounts import recovery_codes
from yteso.web.accounts.models import User
from yteso.web.services import now

_STEP = 30
_KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_USE_STEP = """
UPDATE mfa_authenticator SET data = jsonb_set(data, '{step}', to_jsonb(%(step)s::bigint))
WHERE id = %(id)s AND coalesce((data->>'step')::bigint, -1) < %(step)s
"""
SECRET = "totp_sealed"  # noqa: S105 - the session's key of a secret that is being set up


def is_demo_place() -> bool:
    """True for an installation that answers only on this machine: there the sample accounts need no second factor."""
    return bool(settings.YTESO.is_local)


def is_required(user: User) -> bool:
    """Everybody but citizens needs a second factor; sample accounts do not while the demo is on this machine alone."""
    return user.role != Role.CITIZEN and not (user.demo and is_demo_place())


def has_factor(user: User) -> bool:
    """True with an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=_KINDS).exists()


def listed(user: User) -> dict[str, Any]:
    """What the page of one's account shows: the app, the passkeys, how many recovery codes are left."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": recovery_codes.left(codes) if codes else 0,
    }


def offered_secret(request: HttpRequest, *, new: bool) -> str:
    """The secret that is being set up in this session, whose row holds it enciphered."""
    if new or SECRET not in request.session:
        request.session[SECRET] = encrypt(generate_totp_secret())
    secret: str = decrypt(request.session[SECRET])
    return secret


def address_of(user: User, secret: str) -> str:
    """The secret as the address that authenticator apps open (`otpauth:`)."""
    return str(get_adapter().build_totp_url(user, secret))


@transaction.atomic
def add_app(user: User, secret: str, code: str) -> bool:
    """Keep the authenticator app when the code proves that it has the secret. An older app is replaced."""
    step = _step_of(secret, code)
    if step is None:
        return False
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    made = TOTP.activate(user, secret).instance
    made.data["step"] = step
    made.save(update_fields=["data"])
    return True


@transaction.atomic
def check_code(user: User, code: str) -> Authenticator | None:
    """The app or the recovery codes to which the code belongs, once; None when it belongs to none or was used.

    Of those who send the same recovery code at once one is let in: the others wait and find it used.
    """
    code = "".join(code.split()).replace("-", "")
    ours = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    for row in ours.select_for_update().order_by("pk"):
        good = _use_step(row, code) if row.type == Authenticator.Type.TOTP else recovery_codes.use(row, code)
        if good:
            return row
    return None


def reseal() -> int:
    """Encrypt apps' secrets by the newest of the pages' secrets, keep recovery codes as hashes; how many changed."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return sum(_resealed(rows, key) for key in rows.values_list("pk", flat=True))


@transaction.atomic
def _resealed(rows: QuerySet[Authenticator], key: int) -> bool:
    row = rows.select_for_update().filter(pk=key).first()
    if row is None or row.type == recovery_codes.KIND:
        return row is not None and recovery_codes.turned_over(row)
    row.data["secret"] = encrypt(decrypt(row.data["secret"]))
    row.save(update_fields=["data"])
    return True


def _use_step(row: Authenticator, code: str) -> bool:
    step = _step_of(decrypt(row.data["secret"]), code)
    if step is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_USE_STEP, {"id": row.pk, "step": step})
        return cursor.rowcount == 1


def _step_of(secret: str, code: str) -> int | None:
    """The time step a code belongs to: the present one, the one before or after (clocks of phones are not exact)."""
    present = int(now().timestamp()) // _STEP
    for step in (present, present - 1, present + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def passkey_options(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey: resident, with the person verified by PIN or biometrics."""
    return webauthn.begin_registration(user, passwordless=True)


@transaction.atomic
def add_passkey(user: User, name: str, credential: Any) -> Authenticator:
    """Keep a passkey that the browser made; its row. Raises ValidationError."""
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValidationError("passkey") from error
    row: Authenticator = webauthn.WebAuthn.add(user, name, credential).instance
    row.refresh_from_db()
    return row


def sign_options(user: User | None) -> dict[str, Any]:
    """What the browser needs to sign with a passkey: of this account, or of whoever has one here."""
    return webauthn.begin_authentication(user)


def check_passkey(user: User | None, credential: Any) -> tuple[User, Authenticator]:
    """Whose passkey signed. Raises ValidationError for a signature, an origin or a challenge that is not right."""
    try:
        webauthn.parse_authentication_response(credential)
        owner = user or webauthn.extract_user_from_response(credential)
        return owner, webauthn.complete_authentication(owner, credential)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValidationError("passkey") from error


def remove(user: User, id: int) -> bool:
    """Take a factor away; recovery codes alone are no factor and go with the last."""
    found = Authenticator.objects.filter(user=user, pk=id).exclude(type=Authenticator.Type.RECOVERY_CODES)
    removed = found.delete()[0] > 0
    if not has_factor(user):
        Authenticator.objects.filter(user=user).delete()
    return removed


def remove_all(user: User) -> None:
    """An administrator takes all factors away; the owner sets up new ones at the next log-in."""
    Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def first_codes(user: User) -> list[str]:
    """Recovery codes for who has none yet; nothing for who has."""
    User.objects.select_for_update().get(pk=user.pk)
    return [] if Authenticator.objects.filter(user=user, type=recovery_codes.KIND).exists() else new_codes(user)


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Ten new recovery codes, told this once; the old ones count no more."""
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user, type=recovery_codes.KIND).delete()
    codes, kept = recovery_codes.made()
    Authenticator.objects.create(user=user, type=recovery_codes.KIND, data=kept)
    return codes


def used(row: Authenticator) -> None:
    """Note when a factor was used."""
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=now())
