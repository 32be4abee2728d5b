"""Addresses of the desk of this room."""

from django.urls import path

from engage.outreach.health import views

urlpatterns = [
    path("health/", views.desk, name="desk_health"),
    path("health/<slug:code>/check/", views.check, name="desk_health_check"),
]
