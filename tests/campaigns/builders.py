"""Makes campaigns at every stage, through the actions."""

import uuid
from datetime import date, datetime, timedelta
from itertools import count

from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.accounts.models import User
from engage.outreach.campaigns import actions, queries
from engage.outreach.campaigns.models import Campaign, Part, Voice
from engage.pages.models import Topic
from engage.participation import actions as participation
from engage.publishing import gate
from tests.accounts.people import person
from tests.consultations.factories import department
from tests.participation.factories import envelope

DAY = date(2026, 9, 20)
NINTH = actions.Dates(observance="double_ninth", year=2026)
TITLES = {
    "zh-hans": {"title": "重阳节敬老", "summary": "讲清楚社区养老。"},
    "en": {"title": "Double Ninth", "summary": "Community care explained."},
}
WORDS = {
    "zh-hans": {"body": "老人在家门口养老。", "byline": "养老处", "source": "调查"},
    "en": {"body": "Growing old close to home.", "byline": "Care unit", "source": "A survey"},
}
EXPERT = {
    "zh-hans": {"affiliation": "示范大学", "interest": "无"},
    "en": {"affiliation": "Sample University", "interest": "None"},
}
_number = count(1)


def topic(code: str = "elderly-care") -> Topic:
    """Return a topic."""
    return Topic.objects.get_or_create(code=code, defaults={"name_zh": "养老", "name_en": "Elderly care"})[0]


def revision(campaign: Campaign) -> int:
    """Return the newest revision of a campaign."""
    return Campaign.objects.values_list("revision", flat=True).get(pk=campaign.pk)


def planned(author: User | None = None, **values) -> Campaign:
    """Begin a campaign on Double Ninth 2026 from the list of tasks that comes along."""
    topic()
    given = {
        "dates": NINTH,
        "texts": TITLES,
        "department_id": department().pk,
        "topics": ["elderly-care"],
        "template_id": queries.templates_in_force().order_by("pk").first().pk,
        "token": uuid.uuid4(),
        "actor": author or person(Role.EDITOR),
    } | values
    return actions.create_campaign(given.pop("slug", f"campaign-{next(_number)}"), **given)


def write(part: Part, *, author: User, **values) -> Part:
    """Write a part in both languages with all that its kind needs."""
    texts = WORDS
    if part.kind == "expert":
        texts = {language: words | EXPERT[language] for language, words in WORDS.items()}
    if part.kind == "audience":
        texts = {language: {"body": words["body"]} for language, words in WORDS.items()}
    given = {"texts": texts, "dated": DAY, "url": "https://example.org/" if part.kind == "link" else ""} | values
    return actions.write_part(part.pk, **given, revision=revision(part.campaign), actor=author)


def written(author: User | None = None, *, kinds: tuple[str, ...] = (), **values) -> Campaign:
    """Write the three required parts, and those of further kinds."""
    author = author or person(Role.EDITOR)
    campaign = planned(author, **values)
    for kind in kinds:
        actions.add_part(campaign.pk, kind, revision=revision(campaign), actor=author)
    for part in campaign.parts.all():
        write(part, author=author)
    campaign.refresh_from_db()
    return campaign


def published(*, at: datetime | None = None, kinds: tuple[str, ...] = ("audience",), **values) -> Campaign:
    """Publish a campaign the way the platform releases what it brings along."""
    campaign = written(kinds=kinds, **values)
    gate.release_by_platform(actions.KIND, campaign, now=at or timezone.now(), actor=SYSTEM)
    return Campaign.objects.get(pk=campaign.pk)


def voice(campaign: Campaign, text: str = "妈妈每周三等着志愿者来。", *, public: bool = False, **values):
    """Send words to a campaign; returns them with their submission and tracking code."""
    given = envelope(**({"received_at": timezone.now()} | values))
    submission = actions.send_voice(campaign.slug, text, given, actor=ANYONE)
    made = Voice.objects.get(submission=submission)
    if public:
        participation.moderate(made, "published", actor=SYSTEM)
    return made, submission, given.code


def soon(days: int) -> date:
    """Return the day so many days from today."""
    return timezone.localdate() + timedelta(days=days)
