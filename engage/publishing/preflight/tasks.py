"""Background work: what is public is read again, and the links in it are tried."""

from django.conf import settings
from django.utils import timezone

from engage.outreach.delivery import net
from engage.publishing.preflight import actions
from engage.schedule import every

PAGES_A_MINUTE = 5
OWN_LINKS_A_MINUTE = 40


@every(seconds=60, alone=True)
def keep_fresh() -> None:
    """Read a few pages, try a few links of our own, and of other sites where that is allowed."""
    now = timezone.now()
    actions.scan(most=PAGES_A_MINUTE, now=now)
    actions.check_internal(most=OWN_LINKS_A_MINUTE, now=now)
    if settings.CHECK_OUTSIDE_LINKS:
        actions.check_external(most=settings.OUTSIDE_LINKS_A_MINUTE, fetch=net.fetch, now=now)
