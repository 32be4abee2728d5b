"""Addresses of the public figures."""

from django.urls import path

from mailbox.performance import views

urlpatterns = [
    path("performance/", views.performance, name="performance"),
    path("performance/<int:year>/", views.performance, name="performance_year"),
    path("performance/<int:year>/figures.csv", views.figures_csv, name="performance_csv"),
    path("performance/<int:year>/figures.json", views.figures_json, name="performance_json"),
]
