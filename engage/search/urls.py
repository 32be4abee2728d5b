"""Addresses of this room."""

from django.urls import path

from engage.search import views

urlpatterns = [path("", views.search, name="search")]
