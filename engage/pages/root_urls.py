"""Addresses without a language: robots, sitemap, health, and the files that pages show."""

from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from wagtail.documents import urls as document_urls

from engage.pages import views
from engage.pages.sitemaps import registered_sitemaps

urlpatterns = [
    path("health/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("sitemap.xml", sitemap, {"sitemaps": registered_sitemaps()}, name="sitemap"),
    path("media/images/<path:name>", views.picture, name="picture"),
    path("documents/", include(document_urls)),
]
