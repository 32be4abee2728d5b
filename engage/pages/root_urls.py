"""Addresses without a language: robots, sitemap, health."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from engage.pages import views
from engage.pages.sitemaps import registered_sitemaps

urlpatterns = [
    path("health/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("sitemap.xml", sitemap, {"sitemaps": registered_sitemaps()}, name="sitemap"),
]
