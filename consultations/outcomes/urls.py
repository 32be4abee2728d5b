"""Public addresses of outcomes; included before those of clauses, which take any word."""

from django.urls import path

from consultations.outcomes import views
from consultations.outcomes.feeds import OutcomeAtom, OutcomeRss

urlpatterns = [
    path("answers/", views.outcomes, name="outcomes"),
    path("answers/feed.rss", OutcomeRss(), name="outcomes_rss"),
    path("answers/feed.atom", OutcomeAtom(), name="outcomes_atom"),
    path("c/<slug:slug>/outcome/", views.outcome, name="outcome"),
    path("c/<slug:slug>/outcome/<slug:kind>", views.download, name="outcome_file"),
]
