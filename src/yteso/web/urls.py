"""All addresses of the pages: the shell's own, and each app's under its prefix (`url_prefix` of its config)."""

from __future__ import annotations

from django.apps import apps
from django.urls import include, path

from yteso.web import assets, shell
from yteso.web.accounts import views as accounts

urlpatterns = [
    path("", shell.home, name="home"),
    path("ui", shell.living_page, name="ui"),
    path("language", shell.language, name="language"),
    path("theme", shell.theme, name="theme"),
    path("login", accounts.log_in, name="login"),
    path("logout", accounts.log_out, name="logout"),
    path("account", accounts.account, name="account"),
    path("account/confirm", accounts.reauthenticate, name="account_reauthenticate"),
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
