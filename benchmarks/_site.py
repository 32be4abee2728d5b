"""A site as deploy/README.md runs it, of a benchmark's own: database, settings, static files, web server.

A benchmark enters `database`, puts `production_settings` into its own environment, and then reads and writes the site
through Django while `web_server` serves it to others.
"""

import os
import secrets
import socket
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from benchmarks._figures import report
from tests.services import NOT_FOR_A_SITE, ROOT, Server, free_port

HOST = "127.0.0.1"
WORKERS = 2
READY_SECONDS = 60
# The address of the view that does nothing (see _empty.py).
EMPTY = "/bench/empty/"
# What the reverse proxy in front of a production site adds: without it every page is sent on to https.
PROXY_HEADERS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}


def missing_servers() -> str:
    """Name what is not on this machine; empty when a production site can run."""
    wanted = {"ENGAGE_BENCH_POSTGRES": "PostgreSQL", "ENGAGE_BENCH_REDIS": "Redis"}
    return " and ".join(server for name, server in wanted.items() if name not in os.environ)


@contextmanager
def database(name: str) -> Iterator[str]:
    """Yield the URL of an empty database on the private server; it is dropped afterwards."""
    import psycopg

    server_url = os.environ["ENGAGE_BENCH_POSTGRES"]
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def production_settings(database_url: str) -> dict[str, str]:
    """Return the variables of deploy/README.md for a site behind one proxy; its files go to ENGAGE_VAR."""
    return {
        "ENGAGE_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENGAGE_INDEX_KEY": secrets.token_urlsafe(32),
        "ENGAGE_TRACKING_KEY": secrets.token_urlsafe(32),
        "ENGAGE_CONTACT_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": f"https://{HOST}",
        "TRUSTED_PROXY_COUNT": "1",
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["ENGAGE_BENCH_REDIS"],
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
    }


def set_up(settings: Mapping[str, str]) -> None:
    """Start Django with these settings in this process and make the empty site: tables, page tree, static files."""
    for name in NOT_FOR_A_SITE:
        os.environ.pop(name, None)
    os.environ.update(settings, DJANGO_SETTINGS_MODULE="engage.settings")
    import django
    from django.core.cache import cache
    from django.core.management import call_command

    django.setup()
    cache.clear()
    call_command("compile_catalogues", stdout=sys.stderr)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("setup_site", stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)


def close_connections() -> None:
    """Close what this process holds open to the database, its pool included."""
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()


def run(name: str, measure: Callable[[str], None], *, figure: str = "") -> None:
    """Measure on an empty site in a database `name`, whose URL `measure` gets; it is gone afterwards.

    Where a server is missing that is said as a figure, which has the benchmark's name if no other is given.
    """
    if missing := missing_servers():
        report(figure or name, "not measured", "", note=f"{missing} is not on this machine")
        return
    with database(f"engage_bench_{name}") as url:
        set_up(production_settings(url))
        try:
            measure(url)
        finally:
            close_connections()


@contextmanager
def web_server(*options: str) -> Iterator[int]:
    """Serve the site of this environment with threaded WSGI workers; yield the port once they take requests."""
    port = free_port()
    arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    arguments += ["--workers", str(WORKERS), "--blocking-threads", "4", *options, "engage.wsgi:application"]
    server = Server(arguments, Path(ROOT), dict(os.environ))
    try:
        _wait_until_ready(server, port)
        yield port
    finally:
        server.stop()


def _wait_until_ready(server: Server, port: int) -> None:
    for worker in range(1, WORKERS + 1):
        server.wait_for(f"Started worker-{worker}")
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"The web server does not answer:\n{server.said}")
