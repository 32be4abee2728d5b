"""What every file says beside the rows: title, dates, words, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.outcomes import queries, rules
from consultations.outcomes.models import Outcome


@dataclass(frozen=True)
class About:
    """An outcome in one language with what a file needs around it."""

    outcome: Outcome
    language: str
    title: str
    heading: str
    published: str
    url: str
    shown: queries.Shown

    @property
    def totals(self) -> list[tuple[str, str, int]]:
        """(code, label, number) of every total, in the order of the page."""
        totals = self.shown.totals
        labels = [
            ("comments", _("Comments counted")),
            ("people", _("People and organisations")),
            ("organisations", _("Organisations among them")),
            ("confidential", _("Confidential comments: counted, not shown")),
            ("points", _("Points in them")),
            ("without_point", _("Comments without a point to decide about")),
        ]
        # An outcome keeps the figures it was published with, also those of before a figure was added.
        known = [(code, label, totals[code]) for code, label in labels if code in totals]
        return [*known, *self.shown.by_disposition]


def about(outcome: Outcome, language: str) -> About:
    """Collect it, in the active language (the caller activates `language`)."""
    pages = {page.locale.language_code: page.title for page in outcome.consultation.pages.select_related("locale")}
    title = pages.get(language) or next(iter(pages.values()), outcome.consultation.slug)
    published = outcome.published_at
    return About(
        outcome=outcome,
        language=language,
        title=title,
        heading=_("%(title)s: what you said, what we changed") % {"title": title},
        published=date_format(timezone.localtime(published), "DATE_FORMAT") if published else "",
        url=settings.PUBLIC_URL + reverse("outcome", args=[outcome.consultation.slug]),
        shown=queries.shown(outcome.content, language),
    )


def cell_text(count: int | None, mark: str) -> str | int:
    """Return a count of people as it may be shown."""
    if count is not None:
        return count
    return f"<{rules.LEAST}" if mark == rules.SMALL else _("hidden")


def masking_note(breakdowns: Sequence[queries.Breakdown]) -> str:
    """Say how counts were hidden, when some were."""
    if not any(table.has_hidden or not table.cells for table in breakdowns):
        return ""
    return _(
        "Counts below %(n)d are hidden so that nobody can be recognised, and with them those from which they could be "
        "worked out."
    ) % {"n": rules.LEAST}
