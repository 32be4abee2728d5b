"""Addresses of results for staff, below /desk/results/."""

from django.urls import path

from surveys.results import desk_views

urlpatterns = [
    path("", desk_views.surveys, name="desk_results"),
    path("<slug:key>/", desk_views.results, name="desk_results_of"),
    path("<slug:key>/crosstab/", desk_views.crosstab, name="desk_results_crosstab"),
    path("<slug:key>/words/", desk_views.words, name="desk_results_words"),
    path("<slug:key>/files/<slug:code>/", desk_views.file, name="desk_results_file"),
]
