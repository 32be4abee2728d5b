"""Addresses of pages that are not in the page tree."""

from django.urls import path

from engage.pages import views

urlpatterns = [
    path("", views.home, name="home"),
]
