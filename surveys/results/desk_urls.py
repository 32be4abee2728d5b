"""Addresses of results for staff, below /desk/results/."""

from django.urls import path

from surveys.results import desk_views

urlpatterns = [
    path("", desk_views.surveys, name="desk_results"),
    path("<slug:key>/", desk_views.results, name="desk_results_of"),
    path("<slug:key>/crosstab/", desk_views.crosstab, name="desk_results_crosstab"),
    path("<slug:key>/words/", desk_views.words, name="desk_results_words"),
    path("<slug:key>/given/", desk_views.given, name="desk_results_given"),
    path("<slug:key>/given/<str:stored>/", desk_views.given_file, name="desk_results_given_file"),
    path("<slug:key>/files/", desk_views.files, name="desk_results_files"),
    path("<slug:key>/files/ordered/<int:pk>/", desk_views.ordered, name="desk_results_order"),
    path("<slug:key>/files/ordered/<int:pk>/file/", desk_views.ordered_file, name="desk_results_ordered_file"),
    path("<slug:key>/files/<slug:code>/", desk_views.file, name="desk_results_file"),
]
