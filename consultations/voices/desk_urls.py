"""Addresses around comments below `/desk/`; they carry no language."""

from django.urls import path

from consultations.voices import frames, paper, table_desk

urlpatterns = [
    path("embeds/", frames.desk_embeds, name="desk_embeds"),
    path("paper/", paper.desk_paper, name="desk_paper"),
    path("paper/table/", table_desk.desk_table, name="desk_table"),
    path("paper/table/errors/<str:token>/", table_desk.desk_table_errors, name="desk_table_errors"),
]
