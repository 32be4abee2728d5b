"""Addresses without a language: robots, sitemap, health."""

from django.urls import path

from engage.pages import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]
