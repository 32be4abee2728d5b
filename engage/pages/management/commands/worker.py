"""The background worker: queued tasks and periodic work in one process."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django.utils.module_loading import module_has_submodule
from django_tasks_db.management.commands.db_worker import Worker

from engage import schedule

log = logging.getLogger("engage.worker")
# Opening an SQLite file anew for each of five jobs a second takes an idle worker a seventh of a processor.
KEEP_FILE_SECONDS = 60


class Command(BaseCommand):
    """Run until SIGTERM or Ctrl-C."""

    help = "Runs queued background tasks and the periodic work of every room."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let tests and operators run each periodic job once."""
        parser.add_argument("--once", action="store_true", help="run every periodic job once and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start one thread for the queue (where the queue is the database) and tick the periodic jobs here."""
        for app in apps.get_app_configs():
            if module_has_submodule(app.module, "tasks"):
                import_module(f"{app.name}.tasks")
        if options["once"]:
            for job in schedule.jobs():
                run(job)
            return
        stop = schedule.stopping
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        for alias in connections:
            if connections[alias].vendor == "sqlite":
                # One mapping serves the connections of all threads. Pools of PostgreSQL keep theirs themselves.
                connections.settings[alias]["CONN_MAX_AGE"] = KEEP_FILE_SECONDS
        queue = None
        if settings.TASKS["default"]["BACKEND"].startswith("django_tasks_db"):
            queue = Worker(
                queue_names=["*"], interval=1, batch=False, backend_name="default", startup_delay=False,
                max_tasks=None, worker_id="engage", excluded_queue_names=[],
            )  # fmt: skip
            threading.Thread(target=queue.run, daemon=True).start()
        lonely = [threading.Thread(target=tick, args=(stop, [job])) for job in schedule.jobs() if job.alone]
        for thread in lonely:
            thread.start()
        tick(stop, [job for job in schedule.jobs() if not job.alone])
        for thread in lonely:  # what is in its hand is finished
            thread.join()
        if queue:
            queue.running = False


def tick(stop: threading.Event, jobs: list[schedule.Periodic]) -> None:
    """Run each periodic job when its time has come, until told to stop."""
    due = {job.name: 0.0 for job in jobs}
    while not stop.wait(0.5):
        for job in jobs:
            if time.monotonic() >= due[job.name]:
                run(job)
                due[job.name] = time.monotonic() + job.seconds


def run(job: schedule.Periodic) -> None:
    """Run one job; its failure is logged with the trace and does not stop the worker."""
    close_old_connections()
    try:
        job.run()
    except Exception:
        log.exception("periodic job %s failed", job.name)
