"""Addresses of consultations; `/c/` and `/c/<slug>/` are Wagtail pages of the same address."""

from django.urls import include, path

from consultations import downloads, views
from consultations.feeds import AtomFeed, RssFeed

urlpatterns = [
    path("", include("consultations.outcomes.urls")),
    path("", include("consultations.packs.urls")),
    path("", include("consultations.plans.urls")),
    path("", include("consultations.study.urls")),
    path("", include("consultations.voices.urls")),
    path("c/", views.finder, name="finder"),
    path("c/feed.rss", RssFeed(), name="consultations_rss"),
    path("c/feed.atom", AtomFeed(), name="consultations_atom"),
    path("c/<slug:slug>/", views.overview, name="consultation"),
    path("c/<slug:slug>/draft/", views.draft, name="draft"),
    path("c/<slug:slug>/draft/<slug:name>/", views.draft, name="draft_named"),
    path("c/<slug:slug>/evidence/<int:evidence_id>/", downloads.evidence_file, name="evidence_file"),
    path("c/<slug:slug>/compare/", views.compare, name="compare"),
    path("c/<slug:slug>/download/<slug:name>/", downloads.draft_file, name="draft_file"),
    path("c/<slug:slug>/comments/", views.comments, name="comments"),
    path("c/<slug:slug>/comments/<int:comment_id>/", views.comment, name="comment"),
    path("c/<slug:slug>/comment/", views.compose, name="compose_whole"),
    path("c/<slug:slug>/mine/", views.basket_page, name="basket"),
    path("c/<slug:slug>/mine/about/", views.about, name="about_you"),
    path("c/<slug:slug>/mine/check/", views.check, name="check"),
    path("c/<slug:slug>/keep/", views.keep, name="keep_text"),
    path("c/<slug:slug>/<str:clause>/", views.clause, name="clause"),
    path("c/<slug:slug>/<str:clause>/comment/", views.compose, name="compose"),
    path("track/<str:reference>/comments/<int:comment_id>/", views.edit, name="comment_edit"),
]
