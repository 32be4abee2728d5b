"""Addresses without a language of outreach."""

from django.urls import include, path

urlpatterns = [
    path("", include("engage.outreach.delivery.root_urls")),
    path("", include("engage.outreach.follows.root_urls")),
]
