"""Addresses of pages that are not in the page tree."""

from django.urls import path

from engage.pages import views
from engage.pages.gallery.views import design

urlpatterns = [
    path("", views.home, name="home"),
    path("design/", design, name="design"),
]
