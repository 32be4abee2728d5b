"""Planning a campaign: beginning one around a day, changing its facts and words; tasks follow the day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.campaigns import queries, rules
from engage.outreach.campaigns.access import check_editor
from engage.outreach.campaigns.actions.tasks import move_tasks, tasks_from
from engage.outreach.campaigns.models import AudienceTag, Campaign, CampaignText, Part, TaskTemplate
from engage.pages.models import Topic
from engage.publishing import gate

KIND = "campaign"
TEXT_FIELDS = {"title": rules.TITLE_MOST, "summary": rules.SUMMARY_MOST, "audience": rules.LINE_MOST}


@dataclass(frozen=True)
class Dates:
    """When a campaign is: an observance of a year, or a day of its own, and how far it reaches to both sides."""

    observance: str = ""
    year: int | None = None
    day: date | None = None
    before: int = 7
    after: int = 14

    def check(self) -> date:
        """Return the day; raises the refusals of `rules.day_of` and `rules.check_days`."""
        rules.check_days(self.before, self.after)
        return rules.day_of(self.observance, self.year, self.day)


@transaction.atomic
def create_campaign(
    slug: str,
    *,
    dates: Dates,
    texts: Mapping[str, Mapping[str, str]],
    department_id: int,
    topics: Sequence[str] = (),
    template_id: int | None = None,
    token: uuid.UUID,
    actor: Actor,
) -> Campaign:
    """Begin a campaign with its three required parts and, from a template, its tasks; the same token is the same one.

    `texts`: language to field to words; a title in one language is enough to begin. Raises Refused("not_allowed"),
    Refused("campaign_slug_wrong"), Refused("campaign_slug_taken"), Refused("campaign_title_missing"),
    Refused("template_gone"), Refused("template_empty"), Refused("campaign_department_gone"),
    Refused("campaign_topic_unknown"), those of dates and of texts.
    """
    check_editor(actor)
    if (made := Campaign.objects.filter(token=token).first()) is not None:
        return made
    day = dates.check()
    rules.check_slug(slug)
    _check_texts(texts)
    if not any(words.get("title", "").strip() for words in texts.values()):
        raise Refused("campaign_title_missing")
    template = _template(template_id)
    campaign = Campaign(
        slug=slug,
        token=token,
        observance=dates.observance,
        year=dates.year if dates.observance else None,
        day=day,
        days_before=dates.before,
        days_after=dates.after,
        department=_department(department_id),
        owner=actor if isinstance(actor, User) else None,
    )
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError:
        if (made := Campaign.objects.filter(token=token).first()) is not None:
            return made
        raise Refused("campaign_slug_taken") from None
    campaign.topics.set(_topics(topics))
    _write_texts(campaign, texts)
    Part.objects.bulk_create(
        Part(campaign=campaign, kind=kind, position=position) for position, kind in enumerate(rules.REQUIRED)
    )
    if template is not None:
        tasks_from(template, campaign)
    if isinstance(actor, User):
        campaign.writers.add(actor)
    journal.record(actor, "campaign.created", campaign, slug=slug, day=day.isoformat(), observance=dates.observance)
    return campaign


def _department(department_id: int) -> Department:
    found = Department.objects.active().filter(pk=department_id).first()
    if found is None:
        raise Refused("campaign_department_gone")
    return found


def _topics(codes: Sequence[str]) -> list[Topic]:
    found = list(Topic.objects.filter(code__in=codes))
    if len(found) != len(set(codes)):
        raise Refused("campaign_topic_unknown")
    return found


def _template(template_id: int | None) -> TaskTemplate | None:
    if template_id is None:
        return None
    template = queries.templates_in_force().filter(pk=template_id).first()
    if template is None:
        raise Refused("template_gone")
    if not template.tasks.exists():
        raise Refused("template_empty")
    return template


def _check_texts(texts: Mapping[str, Mapping[str, str]]) -> None:
    for language, words in texts.items():
        if language not in queries.LANGUAGES or set(words) - set(TEXT_FIELDS):
            raise Refused("campaign_unknown_text")
        for name, text in words.items():
            if len(text) > TEXT_FIELDS[name]:
                raise Refused("campaign_text_too_long", most=TEXT_FIELDS[name])


def _write_texts(campaign: Campaign, texts: Mapping[str, Mapping[str, str]]) -> None:
    for language, words in texts.items():
        CampaignText.objects.update_or_create(
            campaign=campaign, language=language, defaults={name: text.strip() for name, text in words.items()}
        )


def locked(campaign_id: int, actor: Actor) -> Campaign:
    """Return a campaign the actor may see, locked; raises Campaign.DoesNotExist."""
    found = Campaign.objects.visible_to(actor).select_for_update(of=("self",))
    return found.select_related("department").get(pk=campaign_id)


def editable(campaign_id: int, revision: int, actor: Actor) -> Campaign:
    """Lock a campaign for a change and count the change.

    Raises Refused("not_allowed"), Refused("campaign_changed_meanwhile") when somebody else was faster.
    """
    check_editor(actor)
    campaign = locked(campaign_id, actor)
    if campaign.revision != revision:
        raise Refused("campaign_changed_meanwhile")
    campaign.revision += 1
    campaign.save(update_fields=["revision"])
    return campaign


def wrote(campaign: Campaign, actor: Actor) -> None:
    """Keep that somebody wrote in it, and tell the gate, which voids the sign-offs on what changed."""
    if isinstance(actor, User):
        campaign.writers.add(actor)
    gate.touched(KIND, campaign, actor=actor)


@transaction.atomic
def change_campaign(
    campaign_id: int,
    *,
    dates: Dates,
    texts: Mapping[str, Mapping[str, str]],
    department_id: int,
    owner_id: int | None = None,
    topics: Sequence[str] = (),
    audience: Sequence[str] = (),
    revision: int,
    actor: Actor,
) -> Campaign:
    """Change the facts and words of a campaign; with another day the tasks that are not done move along.

    What the public reads stays as it was released until it is released anew. Raises those of `create_campaign` and of
    every change, Refused("campaign_owner_gone"), Refused("audience_unknown").
    """
    day = dates.check()
    _check_texts(texts)
    campaign = editable(campaign_id, revision, actor)
    moved = day != campaign.day
    campaign.observance = dates.observance
    campaign.year = dates.year if dates.observance else None
    campaign.day, campaign.days_before, campaign.days_after = day, dates.before, dates.after
    if department_id != campaign.department_id:
        campaign.department = _department(department_id)
    campaign.owner = _owner(owner_id)
    campaign.save()
    campaign.topics.set(_topics(topics))
    tags = list(AudienceTag.objects.filter(code__in=audience))
    if len(tags) != len(set(audience)):
        raise Refused("audience_unknown")
    campaign.audience.set(tags)
    _write_texts(campaign, texts)
    if moved:
        move_tasks(campaign)
    wrote(campaign, actor)
    journal.record(actor, "campaign.changed", campaign, day=day.isoformat(), revision=campaign.revision)
    return campaign


def _owner(owner_id: int | None) -> User | None:
    if owner_id is None:
        return None
    found = queries.people().filter(pk=owner_id).first()
    if found is None:
        raise Refused("campaign_owner_gone")
    return found
