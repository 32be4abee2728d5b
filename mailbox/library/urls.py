"""Addresses of the case library, below `/desk/library/`; like the desk's they carry no language."""

from django.urls import path

from mailbox.library import views

urlpatterns = [
    path("", views.home, name="desk_library"),
    path("<int:pk>/retire/", views.retire, name="desk_library_retire"),
]
