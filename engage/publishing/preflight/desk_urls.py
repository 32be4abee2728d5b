"""Addresses of the desk of this room."""

from django.urls import path

from engage.publishing.preflight import views

urlpatterns = [
    path("preflight/<slug:kind>/<str:key>/", views.preflight, name="preflight"),
    path("preflight/<slug:kind>/<str:key>/report.json", views.preflight_json, name="preflight_json"),
    path("freshness/", views.desk, name="freshness_desk"),
    path("freshness/reviewed/", views.reviewed, name="freshness_reviewed"),
]
