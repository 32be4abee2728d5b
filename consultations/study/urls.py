"""Public addresses of the evidence of a call; included before those of clauses, which take any word."""

from django.urls import path

from consultations.study import views

urlpatterns = [
    path("c/<slug:slug>/evidence/", views.evidence, name="evidence"),
    path("c/<slug:slug>/evidence/<slug:kind>", views.evidence_table, name="evidence_table"),
]
