"""Addresses of moderation at the desk."""

from django.urls import path

from mailbox.petitions.moderating import views

urlpatterns = [
    path("", views.home, name="desk_petitions"),
    path("<int:pk>/", views.petition, name="desk_petition"),
    path("<int:pk>/do/<slug:code>/", views.act, name="desk_petition_act"),
    path("<int:pk>/notes/", views.note, name="desk_petition_note"),
    path("<int:pk>/tags/", views.tag, name="desk_petition_tag"),
]
