"""Addresses of results, below the language."""

from django.urls import path

from surveys.results import views

urlpatterns = [path("surveys/<slug:key>/results/", views.results, name="survey_results")]
