"""Addresses of the release gate on the desk."""

from django.urls import path

from engage.publishing import desk_views as views

urlpatterns = [
    path("release/", views.home, name="release_desk"),
    path("release/<int:pk>/", views.release, name="release"),
]
