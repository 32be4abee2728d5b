"""Addresses of the help centre; the practice site never answers them."""

from django.urls import path

from engage.training import views

urlpatterns = [
    path("help/", views.centre, name="help"),
    path("help/enter/", views.enter, name="practice_enter"),
    path("help/leave/", views.leave, name="practice_leave"),
    path("help/anew/", views.reset, name="practice_reset"),
    path("help/letters/", views.outbox, name="practice_outbox"),
]
