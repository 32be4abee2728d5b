"""WSGI entry point: HTTP in production runs here, in threaded workers."""

import os

from django.core.wsgi import get_wsgi_application

from engage.collecting import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
with loading():
    application = get_wsgi_application()

    from engage import quick  # needs the app registry

application = quick.wsgi(application)
