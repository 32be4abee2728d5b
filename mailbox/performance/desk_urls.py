"""Addresses of the figures for insiders."""

from django.urls import path

from mailbox.performance import desk_views

urlpatterns = [
    path("", desk_views.figures, name="desk_performance"),
    path("<int:year>/", desk_views.figures, name="desk_performance_year"),
    path("<int:year>/cases.csv", desk_views.cases_csv, name="desk_performance_cases"),
]
