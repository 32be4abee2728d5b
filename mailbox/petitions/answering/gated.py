"""Debates and hearings at the release gate: one frozen content, and the pages made from it.

A plan is released, and what happened is released again; both need the head of the department, openness and secrecy.
"""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.publishing import registry
from engage.publishing.canonical import canonical_json
from engage.publishing.form_labels import PAGE
from engage.publishing.registry import HEAD, OPENNESS, SECRECY, Form
from mailbox.petitions.actions import debates as actions
from mailbox.petitions.answering import building
from mailbox.petitions.answering.words import LACKS
from mailbox.petitions.models import Debate
from mailbox.petitions.queries import answering as queries

KIND = actions.KIND
LANGUAGES = ("zh-hans", "en")
_CONTENT = pgettext_lazy("outgoing form", "all that the page is made from")


def body(shown: queries.ShownDebate) -> str:
    """Return the part of the public page that a debate fills, in the active language."""
    return render_to_string("petitions/answering/debate_body.html", {"debate": shown})


def heading(shown: queries.ShownDebate) -> str:
    """Return what stands above that part, in the active language."""
    return render_to_string("petitions/answering/debate_title.html", {"debate": shown}).strip()


def outgoing_forms(debate: Debate) -> list[Form]:
    """Return every form in which it goes out, from its row as it stands now."""
    content = building.build(debate).content
    forms = [Form("content", _CONTENT, "application/json", canonical_json(content))]
    for language in LANGUAGES:
        with translation.override(language):
            page = body(queries.shown_debate(debate, content)).encode()
        forms.append(Form(f"page:{language}", PAGE[language], "text/html", page, language=language))
    return forms


def writers(debate: Debate) -> set[int]:
    """Return who wrote in it: none of them signs it."""
    return set(debate.writers.values_list("pk", flat=True))


def edit_url(debate: Debate) -> str:
    """Return where it is prepared."""
    return reverse("desk_petition_debate", args=[debate.pk])


def lacks(debate: Debate) -> list[tuple[str, str]]:
    """Return what it lacks before it can be handed in."""
    return [(str(LACKS[code]), edit_url(debate)) for code in building.build(debate).lacks]


def title(debate: Debate) -> str:
    """Return what it is called."""
    return gettext("%(what)s about the petition %(reference)s") % {
        "what": debate.get_kind_display(),
        "reference": debate.petition.reference,
    }


KINDS = (
    registry.GatedKind(
        KIND,
        _("debate or hearing about a petition"),
        (HEAD, OPENNESS, SECRECY),
        registry.Subject(
            model="petitions.Debate",
            forms=outgoing_forms,
            writers=writers,
            title=title,
            edit_url=edit_url,
            publish=actions.publish,
            unpublish=actions.unpublish,
            lacks=lacks,
        ),
    ),
)
