"""Build the demo site, or print how to sign in to it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from engage.accounts.actions import make_demo_users
from engage.pages.demo_content import loaders


class Command(BaseCommand):
    """Idempotent: what is there stays as it is."""

    help = "Builds the demo site's content and demo users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the one option."""
        parser.add_argument("--print-sign-in", action="store_true", help="only print how to sign in as each role")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each room's share in one transaction."""
        if not settings.DEMO:
            raise CommandError("The demo is off. Set ENGAGE_DEMO=1 on an installation that holds nothing real.")
        if options["print_sign_in"]:
            self.stdout.write(f"Sign in with one click at {settings.PUBLIC_URL}/zh/accounts/demo/ as")
            for role, user in make_demo_users().items():
                self.stdout.write(f"  {role:20} {user.email}")
            return
        with transaction.atomic():
            for loader in loaders():
                loader.load()
            make_demo_users()
