"""Addresses of the lists as data, beside /petitions/."""

from django.urls import path

from mailbox.petitions.showing import views

urlpatterns = [
    path("petitions.json", views.list_json, name="petitions_json"),
    path("petitions.csv", views.list_csv, name="petitions_csv"),
]
