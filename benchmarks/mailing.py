"""One publication to a million followers: how long its recipients take to be listed, and how fast one worker sends.

On SQLite and on PostgreSQL. Listing is the product's own `queue_window`, called until nothing is left; the memory that
it costs is how much the process grew meanwhile. Sending is `carry`, as the worker calls it, to a mail server in a
process of its own on this machine that takes whatever comes.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from benchmarks import _site
from benchmarks._figures import load_average, report, report_least, report_most
from tests.services import NOT_FOR_A_SITE, ROOT, Server

FOLLOWERS = int(os.environ.get("MAILING_FOLLOWERS", "1000000"))
SEND_SECONDS = 20
QUEUE_MOST_SECONDS, LEAST_A_SECOND, GROWTH_MOST_MB = 60, 100, 50

# One address sealed once: what is measured is how it is read, and it is unsealed for each letter.
FILL = {
    "postgresql": "SELECT n FROM generate_series(1, %s) AS series(n)",
    "sqlite": "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < %s) SELECT n FROM one",
}


def fill() -> None:
    """Write followers of everything, inside the database."""
    from django.db import connection, transaction
    from django.utils import timezone

    from engage.participation.vault import seal

    now, sealed = timezone.now(), seal("reader@example.org")
    later = now + timedelta(days=365)
    series = FILL[connection.vendor]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO participation_contact (id, name, email, phone, email_index, created_at, delete_after) "
            f"SELECT n, '', %s, '', 'i' || n, %s, %s FROM ({series}) one",
            [sealed, now, later, FOLLOWERS],
        )
        cursor.execute(
            "INSERT INTO follows_follower (id, contact_id, email_index, language, rhythm, rhythm_before, rhythm_from, "
            "heard_up_to, asked_at, confirmed_at, bounce_points) "
            f"SELECT n, n, 'i' || n, 'zh-hans', 'at_once', 'at_once', 0, 0, %s, %s, 0 FROM ({series}) one",
            [now, now, FOLLOWERS],
        )
        for kind, ref in (("topic", 1), ("everything", 0)):
            cursor.execute(
                "INSERT INTO follows_follow (follower_id, kind, ref, asked_at, confirmed_at) "
                f"SELECT n, %s, %s, %s, %s FROM ({series}) one",
                [kind, ref, now, now, FOLLOWERS],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(port: str) -> None:
    """List the recipients of one publication that matches two follows of everybody, then send for a while."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from engage.accounts.actors import SYSTEM
    from engage.outreach.follows import actions
    from engage.outreach.follows.actions.mailings import queue_window
    from engage.outreach.follows.registry import Tag

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    call_command("migrate", interactive=False, verbosity=0)
    began = time.monotonic()
    fill()
    engine = connection.display_name
    print(f"{FOLLOWERS:,} followers, {engine}: written in {time.monotonic() - began:.0f} s", flush=True)

    text = {"zh-hans": ("第一期通讯", "这是给所有关注者的通讯。\n" * 40)}
    now = timezone.now()
    mailing = actions.begin("newsletter", text, [Tag("topic", 1), Tag("everything", 0)], now=now, actor=SYSTEM)
    before, began, windows = resident_mb(), time.monotonic(), 0
    while queue_window(mailing.pk, now=timezone.now()):
        windows += 1
    seconds, grown = time.monotonic() - began, resident_mb() - before
    mailing.refresh_from_db()
    if mailing.total != FOLLOWERS or mailing.state != mailing.State.SENDING:
        raise RuntimeError(f"{mailing.total} recipients, {mailing.state}")
    name = f"{FOLLOWERS:,} recipients listed, {engine}"
    note = f"{windows} transactions, two follows each, each follower once; {load_average()}"
    report_most(name, round(seconds, 1), "s", QUEUE_MOST_SECONDS, note)
    report_most(f"memory for it, {engine}", round(grown, 1), "MB", GROWTH_MOST_MB, "growth of the process' highest")

    before, began = resident_mb(), time.monotonic()
    sent = actions.carry(seconds=SEND_SECONDS)
    seconds = time.monotonic() - began
    note = f"{sent:,} letters in {seconds:.1f} s, memory grew by {resident_mb() - before:.1f} MB; {load_average()}"
    report_least(f"letters by one worker, {engine}", round(sent / seconds), "letters/s", LEAST_A_SECOND, note)


def sink() -> None:
    """Take letters until somebody says stop."""
    from tests.smtp_sink import SmtpSink

    class Forgetful(SmtpSink):
        def take(self, letter: object) -> None:
            """Keep nothing."""

    with Forgetful() as server:
        print(f"takes letters on {server.port}", flush=True)
        signal.pause()


def run(database_url: str) -> None:
    """Measure one engine in a process of its own, because settings are read once."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    environment |= {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "engage.settings"}
    server = Server([sys.executable, __file__, "sink"], Path(ROOT), environment | {"PYTHONPATH": str(ROOT)})
    try:
        server.wait_for("takes letters on")
        port = server.said.rsplit(" ", 1)[1].strip()
        subprocess.run([sys.executable, __file__, "measure", port], cwd=ROOT, env=environment, check=True)
    finally:
        server.stop()


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2])
        return
    if sys.argv[1:] == ["sink"]:
        sink()
        return
    run(f"sqlite:///{Path(os.environ['ENGAGE_VAR']) / 'mailing.sqlite3'}")
    if "ENGAGE_BENCH_POSTGRES" not in os.environ:
        report("mailing, PostgreSQL", "not measured", "", note="there is no PostgreSQL server on this machine")
        return
    with _site.database("engage_bench_mailing") as url:
        run(url)


if __name__ == "__main__":
    main()
