"""Bring the site up to date in one Django start: catalogues, migrations, page tree, demo site, collected static files.

Progress goes to standard error; the last thing printed, on standard output, is one JSON object
{"stages": [[name, finished at, epoch seconds], ...], "sign_in": "lines for a person"}.
"""

import io
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def pending_migrations() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
    stages: list[tuple[str, float]] = []

    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    stages.append(("loading", time.time()))

    call_command("compile_catalogues", stdout=sys.stderr)
    stages.append(("catalogues", time.time()))

    if count := pending_migrations():
        print(f"Applying {count} migrations", file=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
    stages.append(("migrations", time.time()))

    call_command("setup_site", stdout=sys.stderr)
    stages.append(("page tree", time.time()))

    sign_in = io.StringIO()
    if settings.DEMO:
        print("Building the demo site", file=sys.stderr)
        call_command("demo_site", stdout=sys.stderr)
        call_command("demo_site", print_sign_in=True, stdout=sign_in)
        stages.append(("demo site", time.time()))

    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
        stages.append(("static files", time.time()))

    json.dump({"stages": stages, "sign_in": sign_in.getvalue()}, sys.stdout)


if __name__ == "__main__":
    main()
