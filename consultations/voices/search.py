"""What can be found around comments: the department's replies."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.voices import replies
from consultations.voices.models import Reply
from engage.accounts.actors import ANYONE
from engage.search.registry import Entry, Source


def _public() -> QuerySet[Reply]:
    found = Reply.objects.visible_to(ANYONE).select_related("consultation", "department", "clause")
    return replies.with_call_title(found)


def _entries(reply: Reply) -> Iterator[Entry]:
    slug = reply.consultation.slug
    with translation.override(reply.language):
        if reply.clause is not None:
            url = reverse("clause", args=[slug, reply.clause.slug])
        else:
            url = reverse("comment", args=[slug, reply.comment_id])
        title = _("Reply by %(department)s: %(title)s") % {
            "department": reply.department.name,
            "title": reply.call_title or slug,  # type: ignore[attr-defined]
        }
    yield Entry(
        language=reply.language,
        title=title,
        body=reply.text,
        url=url,
        published_at=reply.created_at,
        department_id=reply.department_id,
    )


SOURCE = Source("reply", gettext_lazy("Replies"), Reply, _public, _entries)
