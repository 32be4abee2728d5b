"""Makes packs at every stage, through the actions."""

from datetime import date

from django.utils import timezone

from consultations.models import Consultation
from consultations.packs import actions
from consultations.packs.models import Block, Invitation, Pack
from engage.accounts.actors import ANYONE, Role
from engage.accounts.models import User
from engage.publishing import gate
from tests.accounts.people import person
from tests.consultations.factories import call
from tests.participation.factories import envelope
from tests.publishing.signing import sign_object

DAY = date(2026, 11, 20)
WORDS = {
    "zh-hans": {"body": "图书馆为什么要多开两天。", "byline": "文化处", "source": "文化处调查"},
    "en": {"body": "Why libraries open two more days.", "byline": "Culture unit", "source": "Survey of the unit"},
}
COMMENTARY = {
    "name": "示范专家",
    "affiliation": "示范大学图书馆学系",
    "interest": "",
    "no_interest": True,
    "text": "开放时间写进办法，读者才有盼头，建议再写明节假日怎么开。",
    "written_in": "zh-hans",
}


def revision(pack: Pack) -> int:
    """Return the newest revision of a pack."""
    return Pack.objects.values_list("revision", flat=True).get(pk=pack.pk)


def opened(consultation: Consultation | None = None, *, author: User | None = None) -> Pack:
    """Begin the pack of a call's published text."""
    consultation = consultation or call()
    version = consultation.drafts.get().published
    return actions.open_pack(version.pk, actor=author or person(Role.EDITOR))


def write(block: Block, *, author: User, **values) -> Block:
    """Write a block in both languages."""
    given = {"texts": WORDS, "dated": DAY, "clauses": ["art_2"]} | values
    return actions.write_block(block.pk, **given, revision=revision(block.pack), actor=author)


def written(consultation: Consultation | None = None, *, author: User | None = None) -> Pack:
    """Write all that a pack needs."""
    author = author or person(Role.EDITOR)
    pack = opened(consultation, author=author)
    for block in pack.blocks.all():
        write(block, author=author)
    pack.refresh_from_db()
    return pack


def submitted(consultation: Consultation | None = None, *, author: User | None = None) -> Pack:
    """Hand a pack in."""
    author = author or person(Role.EDITOR)
    return submit(written(consultation, author=author), author)


def submit(pack: Pack, author: User, **options) -> Pack:
    """Hand a written pack in at the gate."""
    gate.request(actions.KIND, pack, actor=author, now=timezone.now(), **options)
    pack.refresh_from_db()
    return pack


def publish(pack: Pack) -> Pack:
    """Let a submitted pack be signed by four people who did not write in it."""
    sign_object(actions.KIND, pack)
    pack.refresh_from_db()
    return pack


def published(consultation: Consultation | None = None) -> Pack:
    """Publish a pack."""
    return publish(submitted(consultation))


def invited(pack: Pack, *, editor: User, **values) -> tuple[Invitation, str]:
    """Invite an expert to a pack."""
    given = {"email": "expert@example.org", "language": "zh-hans", "now": timezone.now()} | values
    return actions.invite(pack.pk, **given, revision=revision(pack), actor=editor)


def hand_in(token: str, **values) -> Invitation:
    """Write as the expert."""
    return actions.hand_in(token, **(COMMENTARY | {"now": timezone.now(), "actor": ANYONE} | values))


def reaction(pack: Pack, text: str = "看了解读才明白为什么要多开两天。", *, clause: str = "", **values):
    """Send what a reader says; returns the reaction, its submission and tracking code."""
    given = envelope(**({"received_at": timezone.now()} | values))
    submission = actions.send_reaction(pack.consultation.slug, text, given, clause=clause, actor=ANYONE)
    return submission.reaction, submission, given.code
