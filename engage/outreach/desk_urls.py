"""Addresses of the desk of outreach."""

from django.urls import include, path

urlpatterns = [
    path("", include("engage.outreach.campaigns.desk_urls")),
    path("", include("engage.outreach.delivery.desk_urls")),
    path("", include("engage.outreach.follows.desk_urls")),
    path("", include("engage.outreach.health.desk_urls")),
    path("", include("engage.outreach.press.desk_urls")),
]
