"""The editor of a page while it is reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail.locks import WorkflowLock

if TYPE_CHECKING:
    from engage.accounts.models import User


class ReviewLock(WorkflowLock):
    """Whoever reviews changes nothing; authors may, and what was signed of it falls."""

    def get_message(self, user: User) -> str | None:
        """Say why the fields take nothing."""
        if not self.for_user(user):
            return None
        return _("You review this page, so you change nothing in it. Decide below or on the desk.")

    def get_locked_by(self, user: User, can_lock: bool = False) -> str:
        """Say what is going on."""
        return _("In review")

    def get_description(self, user: User, can_lock: bool = False) -> str:
        """Say what a change would do."""
        return _("Authors may change it; sign-offs on what they change fall.")
