"""Addresses of petitions at the desk."""

from django.urls import include, path

urlpatterns = [
    path("petitions/", include("mailbox.petitions.moderating.urls")),
    path("petitions/", include("mailbox.petitions.signing.desk_urls")),
    path("petitions/", include("mailbox.petitions.guarding.urls")),
    path("petitions/", include("mailbox.petitions.answering.urls")),
]
