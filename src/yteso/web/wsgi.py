"""The pages as a WSGI application. `ops.wsgi` installs the services before it hands over requests."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yteso.web.settings")
application = get_wsgi_application()
