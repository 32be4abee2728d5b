"""Addresses around comments below `/desk/`; they carry no language."""

from django.urls import path

from consultations.voices import frames, paper

urlpatterns = [
    path("embeds/", frames.desk_embeds, name="desk_embeds"),
    path("paper/", paper.desk_paper, name="desk_paper"),
]
