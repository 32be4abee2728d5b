"""Public addresses of this room."""

from django.urls import path

from engage.outreach.health import views

urlpatterns = [path("status/", views.status, name="status")]
