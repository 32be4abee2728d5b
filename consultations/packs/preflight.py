"""An interpretation at the preflight: its blocks in both languages, as they stand."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.packs import queries
from consultations.packs.actions import KIND
from consultations.packs.models import Pack
from consultations.packs.words import kind_label, missing_sentence
from engage.accounts.actors import Actor, Role, has_role
from engage.pages.translation import HTML_LANG
from engage.publishing.preflight.pages import REVIEWERS
from engage.publishing.preflight.port import Block, Bundle, Form, Severity, Source
from engage.publishing.preflight.words import language_name


def find(key: str, actor: Actor) -> Pack | None:
    """Return a pack by its number for who writes packs or reviews what goes out."""
    if not (key.isascii() and key.isdigit() and len(key) < 19) or not has_role(actor, Role.EDITOR, *REVIEWERS):
        return None
    return queries.pack_of(int(key), actor=actor)


def pack_forms(pack: Pack) -> list[Form]:
    """Return the part of the public page that a pack fills, in each language."""
    content = pack.content or queries.build(pack).content
    return [_form(pack, content, language) for language in queries.LANGUAGES]


def _form(pack: Pack, content: dict, language: str) -> Form:
    label = gettext("Interpretation: %(language)s") % {"language": language_name(language)}
    with translation.override(language):
        reading = queries.reading(pack, language)
        context = {
            "blocks": queries.shown(content, language, reading),
            "consultation": pack.consultation,
            "foreign_lang": HTML_LANG.get(reading.text.language, "") if reading.text.language != language else "",
        }
        html = render_to_string("consultations/packs/body.html", context)
    return Form(
        f"pack:{language}", label, language, html=html, group="pack", fix_url=reverse("pack_builder", args=[pack.pk])
    )


def bundle(pack: Pack, actor: Actor) -> Bundle:
    """Return a pack with what it still lacks."""
    builder, blocks = reverse("pack_builder", args=[pack.pk]), []
    for block in queries.blocks_of(pack):
        texts = {text.language: "\n".join(filter(None, (text.heading, text.body))) for text in block.texts.all()}
        url = reverse("pack_block", args=[pack.pk, block.pk])
        blocks.append(Block(block.kind, kind_label(block.kind), texts, dict.fromkeys(queries.LANGUAGES, url)))
    # What a pack needs is said by its own rules, gap by gap.
    for gap in queries.build(pack).missing if pack.state == Pack.State.DRAFT else ():
        blocks.append(Block(gap.code, missing_sentence(gap), {}, {"": builder}, missing=Severity.BLOCKS))
    return Bundle(pack.consultation.title, forms=pack_forms(pack), blocks=blocks, languages=queries.LANGUAGES)


SOURCE = Source(KIND, _("interpretation"), find, bundle, title=lambda pack: pack.consultation.title)
