"""The letter of a digest, from what the rooms say became public in its month."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engage.outreach.press import registry, rules
from engage.outreach.press.models import Digest

# Stands in the signed letter where each reader's own link comes.
LEAVE = "{leave}"


def span(digest: Digest) -> tuple[datetime, datetime]:
    """Return the first moment of its month and the first after it."""
    first, last = rules.month_of(digest.month)
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(first, time.min, zone),
        datetime.combine(last + timedelta(days=1), time.min, zone),
    )


def told(digest: Digest) -> list[tuple[registry.Source, list[registry.Told]]]:
    """Return each source with what it tells, in the active language; sources that tell nothing are left out."""
    since, until = span(digest)
    found = [(source, list(source.told(since, until))) for source in registry.sources()]
    return [(source, rows) for source, rows in found if rows]


def letter(digest: Digest, language: str) -> tuple[str, str]:
    """Return subject and text of the letter as it would go out now."""
    with translation.override(language):
        month = date_format(digest.month, pgettext("date format of a month", "F Y"))
        subject = _("For the media: what was published in %(month)s") % {"month": month}
        parts = [digest.foreword.get(language, "").strip()]
        for source, rows in told(digest):
            lines = [str(source.label)]
            for row in rows:
                day = date_format(timezone.localtime(row.at), "DATE_FORMAT")
                lines.append(
                    _("%(title)s (%(day)s)\n%(address)s")
                    % {"title": row.title, "day": day, "address": settings.PUBLIC_URL + row.url}
                )
            parts.append("\n\n".join(lines))
        parts.append(
            _("You get this letter because you are on our media list. To stop these letters:\n%(leave)s")
            % {"leave": LEAVE}
        )
        return subject, "\n\n".join(part for part in parts if part)


def digest_lacks(digest: Digest, now: datetime) -> list[rules.Lack]:
    """List what keeps a digest from being handed in."""
    _since, until = span(digest)
    found = []
    if now < until:
        found.append(rules.Lack("month_open"))
    if not told(digest):
        found.append(rules.Lack("nothing_told"))
    given = [language for language in rules.LANGUAGES if digest.foreword.get(language, "").strip()]
    if len(given) == 1:
        missing = next(language for language in rules.LANGUAGES if language not in given)
        found.append(rules.Lack("foreword_missing", missing, "foreword"))
    return found
