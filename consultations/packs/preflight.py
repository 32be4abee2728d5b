"""An interpretation at the preflight: its blocks in both languages, as they stand."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.packs import queries
from consultations.packs.actions import KIND
from consultations.packs.gated import body
from consultations.packs.models import Pack
from consultations.packs.words import kind_label
from engage.accounts.actors import Actor, Role, has_role
from engage.publishing.preflight.pages import REVIEWERS
from engage.publishing.preflight.port import Block, Bundle, Form, Source
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
    html, fix_url = body(content, pack, language), reverse("pack_builder", args=[pack.pk])
    return Form(f"pack:{language}", label, language, html=html, group="pack", fix_url=fix_url)


def bundle(pack: Pack, actor: Actor) -> Bundle:
    """Return a pack with its parts as they stand; what it needs is said by its own rules when it is handed in."""
    blocks = []
    for block in queries.blocks_of(pack):
        texts = {text.language: "\n".join(filter(None, (text.heading, text.body))) for text in block.texts.all()}
        url = reverse("pack_block", args=[pack.pk, block.pk])
        blocks.append(Block(block.kind, kind_label(block.kind), texts, dict.fromkeys(queries.LANGUAGES, url)))
    return Bundle(pack.consultation.title, forms=pack_forms(pack), blocks=blocks, languages=queries.LANGUAGES)


SOURCE = Source(KIND, _("interpretation"), find, bundle, title=lambda pack: pack.consultation.title)
