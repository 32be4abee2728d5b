"""One ASGI process for HTTP and WebSocket (the embedded default); in production it serves `/ws/` only."""

import os

from django.core.asgi import get_asgi_application

from engage.collecting import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
with loading():
    http = get_asgi_application()

    # These need the app registry.
    from channels.auth import AuthMiddlewareStack
    from channels.routing import ProtocolTypeRouter, URLRouter
    from channels.security.websocket import AllowedHostsOriginValidator

    from engage import quick

websocket_urlpatterns: list = []

application = ProtocolTypeRouter(
    {
        "http": quick.asgi(http),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
