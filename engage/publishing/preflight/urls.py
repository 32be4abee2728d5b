"""Public addresses of this room."""

from django.urls import path

from engage.publishing.preflight import views

urlpatterns = [path("awaiting-outcome/", views.awaiting, name="awaiting_outcome")]
