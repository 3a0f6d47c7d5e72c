"""All addresses of the pages: the shell's own, and each app's under its prefix (`url_prefix` of its config)."""

from __future__ import annotations

from django.apps import apps
from django.urls import include, path

from yteso.web import assets, shell
from yteso.web.accounts.views import desk, entrance, federated, own
from yteso.web.oauth import apps as oauth_apps
from yteso.web.oauth import consent

urlpatterns = [
    path("", shell.home, name="home"),
    path("ui", shell.living_page, name="ui"),
    path("language", shell.language, name="language"),
    path("theme", shell.theme, name="theme"),
    path("login", entrance.log_in, name="account_login"),
    path("login/step", entrance.second_step, name="mfa_authenticate"),
    path("login/passkey", entrance.passkey_log_in, name="account_passkey_login"),
    path("login/with/<slug:provider>", federated.begin, name="account_provider"),
    path("login/with/<slug:provider>/back", federated.back, name="account_provider_back"),
    path("login/with/<slug:provider>/keys", federated.keys, name="account_provider_keys"),
    path("recover/<str:token>", entrance.recover, name="account_recover"),
    path("logout", entrance.log_out, name="logout"),
    path("account", own.account, name="account"),
    path("account/alive", entrance.alive, name="account_alive"),
    path("account/confirm", entrance.reauthenticate, name="account_reauthenticate"),
    path("account/factors", own.factor_choice, name="account_factors"),
    path("account/factors/app", own.app, name="account_app"),
    path("account/factors/passkey", own.passkey, name="account_passkey"),
    path("account/factors/codes", own.codes, name="account_codes"),
    path("account/factors/<int:id>/remove", own.remove_factor, name="account_factor_remove"),
    path("account/sessions/end", own.end_session, name="account_sessions_end"),
    path("account/identities/<int:id>/remove", federated.unlink, name="account_identity_remove"),
    path("accounts/", desk.listed, name="accounts"),
    path("accounts/new", desk.new, name="accounts_new"),
    path("accounts/<str:username>", desk.one, name="accounts_one"),
    path("accounts/<str:username>/<slug:deed>", desk.act, name="accounts_act"),
    path("oauth/authorize", consent.authorize, name="oauth_authorize"),
    path("oauth/grants", oauth_apps.grants, name="oauth_grants"),
    path("oauth/grants/<str:id>/end", oauth_apps.end_grant, name="oauth_end_grant"),
    path("oauth/apps", oauth_apps.register, name="oauth_apps"),
    path("oauth/apps/<str:client>/active", oauth_apps.set_active, name="oauth_set_active"),
    path("oauth/open/<str:patient>", oauth_apps.launchable, name="oauth_launchable"),
    path("oauth/launch/<str:client>", oauth_apps.launch, name="oauth_launch"),
    path("static/<str:name>", assets.serve, name="static"),
    path("favicon.ico", assets.favicon, name="favicon"),
    *(
        path(config.url_prefix, include(f"{config.name}.urls"))
        for config in apps.get_app_configs()
        if hasattr(config, "url_prefix")
    ),
]

handler400 = "yteso.web.errors.bad_request"
handler403 = "yteso.web.errors.forbidden"
handler404 = "yteso.web.errors.not_found"
handler500 = "yteso.web.errors.broken"
