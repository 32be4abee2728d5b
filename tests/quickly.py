"""A form posted to the site by both ways: the short one (engage.quick) and that of Django alone."""

import io
from urllib.parse import urlencode

from django.core.wsgi import get_wsgi_application

from engage import quick

SECRET = "a" * 32


def poster(passed):
    """Return what posts a form as a browser does: status, headers, content. `passed`: what went the ordinary way."""
    django = get_wsgi_application()

    def ordinary(environ, start_response):
        passed.append(environ["PATH_INFO"])
        return django(environ, start_response)

    def ask(path, fields, way="quick", body=None, **more):
        body = urlencode(fields).encode() if body is None else body
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SCRIPT_NAME": "",
            "SERVER_NAME": "example.org",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "example.org",
            "HTTP_ORIGIN": "http://example.org",
            "HTTP_COOKIE": f"csrftoken={SECRET}",
            "REMOTE_ADDR": "192.0.2.7",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
        }
        environ = {name: value for name, value in (environ | more).items() if value is not None}
        said = []
        way = quick.wsgi(ordinary) if way == "quick" else django
        content = b"".join(way(environ, lambda status, headers: said.append((status.split()[0], headers))))
        status, headers = said[0]
        return int(status), dict(headers), content

    return ask
