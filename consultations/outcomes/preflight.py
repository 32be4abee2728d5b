"""An outcome at the preflight: the page that it fills in both languages, as it would be published now."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.outcomes import access, queries
from consultations.outcomes.actions import KIND
from consultations.outcomes.gated import body
from consultations.outcomes.models import Outcome
from engage.accounts.actors import Actor, has_role
from engage.publishing.preflight.pages import REVIEWERS
from engage.publishing.preflight.port import Block, Bundle, Form, Source
from engage.publishing.preflight.words import language_name

TEXTS = {"summary": _("summary"), "method": _("how it was done and its limits"), "next_steps": _("what happens next")}


def find(key: str, actor: Actor) -> Outcome | None:
    """Return an outcome by its number for who writes it or reviews what goes out."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    found = Outcome.objects.visible_to(actor).select_related("consultation__department").filter(pk=key).first()
    if found is None or not (access.may_write(actor, found.consultation) or has_role(actor, *REVIEWERS)):
        return None
    return found


def bundle(outcome: Outcome, actor: Actor) -> Bundle:
    """Return an outcome with its texts as they stand; what is missing is said by its own rules when it is handed in."""
    content = outcome.content or queries.build(outcome).content
    slug = outcome.consultation.slug
    fix_urls = {language: reverse("outcome_texts", args=[slug, language]) for language in queries.LANGUAGES}
    return Bundle(
        title=outcome.consultation.title,
        forms=[_form(outcome, content, language) for language in queries.LANGUAGES],
        blocks=[
            Block(
                name,
                str(label),
                {language: content["texts"].get(language, {}).get(name, "") for language in queries.LANGUAGES},
                fix_urls,
            )
            for name, label in TEXTS.items()
        ],
        languages=queries.LANGUAGES,
    )


def _form(outcome: Outcome, content: dict, language: str) -> Form:
    label = gettext("Outcome: %(language)s") % {"language": language_name(language)}
    html = body(content, outcome, language)
    fix_url = reverse("outcome_builder", args=[outcome.consultation.slug])
    return Form(f"outcome:{language}", label, language, html=html, group="outcome", fix_url=fix_url)


SOURCE = Source(KIND, _("outcome of a consultation"), find, bundle, title=lambda outcome: outcome.consultation.title)
