"""Letters of the gate to the people who work here, in the office's language, through the outbox.

They name what waits and where; what the content says stays on the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.templatetags.wording import in_words
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.publishing import registry
from engage.publishing.models import Release, Review

# The outbox forgets the address when the letter has long been sent.
KEPT = timedelta(days=30)


def address(release: Release) -> str:
    """Return where a release is worked on, as a whole address."""
    return settings.PUBLIC_URL + reverse("release", args=[release.pk])


def _tell(people: Iterable[User], subject: str, body: str) -> None:
    until = timezone.now() + KEPT
    for person in people:
        contact = Contact.objects.create(email=person.email, delete_after=until)
        participation.enqueue_letter(contact, subject=subject, body=body)


def _authors(release: Release) -> list[User]:
    return [release.requested_by] if release.requested_by is not None and release.requested_by.is_active else []


def _administrators() -> list[User]:
    return list(User.objects.filter(groups__name=Role.ADMINISTRATOR.value, is_active=True).order_by("pk"))


def _label(release: Release, key: str) -> str:
    return str(registry.get(release.kind).key(key).label)


def sign_offs_fell(release: Release, reviews: Sequence[Review]) -> None:
    """Tell each signer that the sign-off no longer stands, and the author whose fell."""
    signers = {review.decided_by.pk: review.decided_by for review in reviews if review.decided_by is not None}
    if not signers:
        return
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Sign-off void: %(title)s") % {"title": release.title}
        lines = [f"{_label(release, review.key)}: {review.decided_by}" for review in reviews if review.decided_by]
        body = _(
            "“%(title)s” was changed after it was signed. These sign-offs no longer stand:\n%(who)s\n\n"
            "What changed and what it is now:\n%(url)s"
        ) % {"title": release.title, "who": "\n".join(lines), "url": address(release)}
        authors = [author for author in _authors(release) if author.pk not in signers]
        _tell([*signers.values(), *authors], subject, body)


def turned_away(release: Release, review: Review) -> None:
    """Tell the author that a reviewer did not let it go, and why."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Not released: %(title)s") % {"title": release.title}
        body = _("%(review)s: %(decision)s\n%(basis)s\n%(comment)s\n\n%(url)s") % {
            "review": _label(release, review.key),
            "decision": review.get_decision_display(),
            "basis": review.basis,
            "comment": review.comment,
            "url": address(release),
        }
        _tell(_authors(release), subject, body)


def time_passed(release: Release, missing: Sequence[str]) -> None:
    """Alarm the author and the administrators: the time has come, and keys are missing."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Did not open: %(title)s") % {"title": release.title}
        body = _(
            "“%(title)s” was to go public now. It did not, since these reviews are missing: %(missing)s\n\n%(url)s"
        ) % {
            "title": release.title,
            "missing": in_words([_label(release, key) for key in missing]),
            "url": address(release),
        }
        people = {person.pk: person for person in [*_authors(release), *_administrators()]}
        _tell(people.values(), subject, body)


def could_not_go(release: Release, refusal: Refused) -> None:
    """Alarm the author and the administrators: it was signed, its time has come, and it can no longer be published."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Did not open: %(title)s") % {"title": release.title}
        body = _("“%(title)s” was to go public now and could not: %(why)s\n\n%(url)s") % {
            "title": release.title,
            "why": refusal_message(refusal),
            "url": address(release),
        }
        people = {person.pk: person for person in [*_authors(release), *_administrators()]}
        _tell(people.values(), subject, body)
