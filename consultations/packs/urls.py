"""Public addresses of packs; included before those of clauses, which take any word."""

from django.urls import path

from consultations.packs import views
from consultations.packs.feeds import PackAtom, PackRss

urlpatterns = [
    path("interpretation/feed.rss", PackRss(), name="packs_rss"),
    path("interpretation/feed.atom", PackAtom(), name="packs_atom"),
    path("interpretation/write/<str:token>/", views.write, name="expert_write"),
    path("c/<slug:slug>/interpretation/", views.interpretation, name="interpretation"),
    path("c/<slug:slug>/interpretation/say/", views.react, name="interpretation_react"),
    path("c/<slug:slug>/interpretation/<int:number>/", views.interpretation, name="interpretation_edition"),
]
