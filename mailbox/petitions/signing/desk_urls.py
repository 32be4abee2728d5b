"""Addresses of signatures on paper at the desk."""

from django.urls import path

from mailbox.petitions.signing import paper

urlpatterns = [
    path("<int:pk>/sheets/", paper.sheets, name="desk_petition_sheets"),
    path("<int:pk>/sheets/<int:batch>/", paper.take_back, name="desk_petition_sheets_back"),
]
