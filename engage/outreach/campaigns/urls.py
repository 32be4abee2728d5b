"""Public addresses of campaigns."""

from django.urls import path

from engage.outreach.campaigns import views
from engage.outreach.campaigns.feeds import CampaignAtom, CampaignRss

urlpatterns = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/feed.rss", CampaignRss(), name="campaigns_rss"),
    path("campaigns/feed.atom", CampaignAtom(), name="campaigns_atom"),
    path("campaigns/calendar.ics", views.calendar, name="campaigns_calendar"),
    path("campaigns/<slug:slug>/", views.campaign, name="campaign"),
    path("campaigns/<slug:slug>/event.ics", views.event, name="campaign_event"),
    path("campaigns/<slug:slug>/say/", views.say, name="campaign_say"),
]
