"""How what people say to campaigns looks in the moderation queue."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engage.outreach.campaigns.models import Voice
from engage.participation.moderation import Source


def _title(voice: Voice) -> str:
    return voice.campaign.title


def _text(voice: Voice) -> str:
    return voice.text


def _url(voice: Voice) -> str:
    return reverse("campaign", args=[voice.campaign.slug]) + f"#voice-{voice.pk}"


SOURCE = Source(
    code="campaign_voice",
    label=_("What people say to campaigns"),
    model=Voice,
    title=_title,
    text=_text,
    url=_url,
    related=("campaign", "submission"),
    prefetch=("campaign__texts",),
)
