"""Addresses of petitions that the public opens."""

from django.urls import include, path

urlpatterns = [
    path("", include("mailbox.petitions.showing.data_urls")),
    path("petitions/", include("mailbox.petitions.starting.urls")),
    path("petitions/", include("mailbox.petitions.signing.urls")),
    path("petitions/", include("mailbox.petitions.showing.urls")),
    path("petitions/", include("mailbox.petitions.answering.public_urls")),
]
