"""Addresses of the public pages of petitions, below /petitions/."""

from django.urls import path

from mailbox.petitions.showing import views
from mailbox.petitions.showing.feeds import PetitionsAtom, PetitionsRss

urlpatterns = [
    path("", views.petitions, name="petitions"),
    path("feed.rss", PetitionsRss(), name="petitions_rss"),
    path("feed.atom", PetitionsAtom(), name="petitions_atom"),
    path("<int:pk>/", views.petition, name="petition"),
    path("<int:pk>.json", views.petition_json, name="petition_json"),
    path("<int:pk>.csv", views.petition_csv, name="petition_csv"),
    path("<int:pk>/count.json", views.count, name="petition_count"),
    path("<int:pk>/poster.pdf", views.poster, name="petition_poster"),
    path("<int:pk>/embed/", views.embed, name="petition_embed"),
    path("<int:pk>/follow/", views.follow, name="petition_follow"),
]
