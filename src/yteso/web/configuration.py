"""The platform's settings -> Django's settings, one dictionary. Pure but for finding the apps' folders and the key."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yteso.base.settings import Settings
from yteso.db.dsn import parts_of
from yteso.web.secret import load_or_create_secrets

HERE = Path(__file__).parent
SCHEMA = "web"
APPS = (
    *("yteso.apps.ioc", "yteso.apps.intake", "yteso.apps.record", "yteso.apps.review"),
    *("yteso.apps.worklist", "yteso.apps.healthbook", "yteso.apps.privacy", "yteso.apps.consent"),
)
"""The systems people use, in the order of the navigation. Named as text: `web` imports no app."""

SESSION_SECONDS = 12 * 3600


def django_settings(settings: Settings) -> dict[str, Any]:
    """Everything `django.conf.settings` needs. Reads the secrets that sign, or makes the first one."""
    secret, *older = load_or_create_secrets(settings.home, settings.keys)
    return {
        "DEBUG": False,
        "SECRET_KEY": secret,
        "SECRET_KEY_FALLBACKS": older,
        "ROOT_URLCONF": "yteso.web.urls",
        "WSGI_APPLICATION": "yteso.web.wsgi.application",
        "DATABASES": {"default": database(settings.database_url)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "APPEND_SLASH": False,
        "YTESO": settings,
        **_parts(),
        **_hosts(settings),
        **_accounts(settings),
        **_languages(settings),
        **_uploads(settings),
        "LOGGING": _logging(settings.syslog),
    }


def database(dsn: str) -> dict[str, Any]:
    """Django's connection parameters; its tables live in the schema `web` and nowhere else."""
    parts = parts_of(dsn) if dsn else {}
    options = f"{parts.pop('options', '')} -c search_path={SCHEMA}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "yteso"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "options": options, "application_name": "yteso-web"},
    }


def _parts() -> dict[str, Any]:
    return {
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.mfa",
            "allauth.usersessions",
            *APPS,
            "yteso.web.accounts",
        ],
        "MIDDLEWARE": [
            "yteso.web.security.SecurityHeaders",
            "yteso.web.sound.SoundText",
            "django.middleware.security.SecurityMiddleware",
            "yteso.web.accounts.kept_sessions.Sessions",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "yteso.web.language.LanguageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "yteso.web.accounts.life.SessionLife",
            "yteso.web.errors.CalmErrors",
            "yteso.web.guard.Guard",
            "yteso.web.accounts.denials.Denials",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [HERE / "templates", *(_folder(app) / "templates" for app in APPS)],
                "APP_DIRS": False,
                "OPTIONS": {
                    "environment": "yteso.web.jinja.environment",
                    "context_processors": ["yteso.web.shell.context"],
                },
            }
        ],
    }


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None, package
    assert spec.origin is not None, package
    return Path(spec.origin).parent


def _hosts(settings: Settings) -> dict[str, Any]:
    public = urlsplit(settings.public_url)
    secure = public.scheme == "https"
    return {
        "ALLOWED_HOSTS": sorted(settings.hosts | ({public.hostname} if public.hostname else set())),
        "CSRF_TRUSTED_ORIGINS": [f"{public.scheme}://{public.netloc}"] if public.netloc else [],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if secure else None,
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": secure,
    }


def _accounts(settings: Settings) -> dict[str, Any]:
    validators = "django.contrib.auth.password_validation."
    return {
        "AUTH_USER_MODEL": "accounts.User",
        "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "yteso.web.accounts.passwords.LongEnough"},
            {"NAME": "yteso.web.accounts.passwords.NotKnown"},
            {
                "NAME": f"{validators}UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("username", "display_name")},
            },
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "home",
        "SESSION_ENGINE": "yteso.web.accounts.kept_sessions",
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_COOKIE_NAME": f"{_host_prefix(settings)}yteso_session_{settings.port}",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_NAME": f"{_host_prefix(settings)}yteso_csrf_{settings.port}",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "yteso.web.accounts.denials.forgery",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        **_allauth(),
    }


def _allauth() -> dict[str, Any]:
    """Its kernel alone: steps of a log-in, second factors, sessions. Its pages, mails and limits are not used."""
    return {
        "ACCOUNT_ADAPTER": "yteso.web.accounts.adapter.AccountAdapter",
        "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_RATE_LIMITS": False,  # `accounts.throttle` limits, by account and source
        "MFA_ADAPTER": "yteso.web.accounts.adapter.FactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_WEBAUTHN_USER_VERIFICATION": "required",
    }


def _host_prefix(settings: Settings) -> str:
    """With https browsers keep such a cookie for this host alone (RFC 6265bis §4.1.3.2)."""
    return "__Host-" if settings.public_url.startswith("https://") else ""


def _languages(settings: Settings) -> dict[str, Any]:
    return {
        "USE_I18N": True,
        "LANGUAGE_CODE": "vi",
        "LANGUAGES": [("vi", "Tiếng Việt"), ("en", "English")],
        "LANGUAGE_COOKIE_NAME": "yteso_language",
        "LOCALE_PATHS": [HERE / "locale"],
        "YTESO_DEFAULT_LANGUAGE": settings.language if settings.language in {"vi", "en"} else "vi",
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Ho_Chi_Minh",
    }


def _uploads(settings: Settings) -> dict[str, Any]:
    return {
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.TemporaryFileUploadHandler"],
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "YTESO_MAX_UPLOAD": settings.max_body,
    }


def _logging(syslog: str) -> dict[str, Any]:
    """Paths, codes and ids go to standard error and to the operator's collector; query strings and bodies, which may
    hold a patient's data, never."""
    away = {"syslog": {"()": "yteso.base.syslog.Syslog", "address": syslog, "formatter": "line"}} if syslog else {}
    handlers = {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}, **away}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": "yteso.web.logs.NoValues", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
        },
        "handlers": handlers,
        "loggers": {
            "django": {"handlers": list(handlers), "level": "WARNING", "propagate": False},
        },
    }
