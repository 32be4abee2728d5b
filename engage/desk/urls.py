"""Addresses of this room, below `/desk/`; they carry no language: the cookie or the browser says which."""

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from engage.desk import views

urlpatterns = [
    path("", views.home, name="desk_home"),
    path("queues/<slug:code>/", views.queue, name="desk_queue"),
    path("queues/<slug:code>/act/", views.act, name="desk_act"),
    path("queues/<slug:code>/views/", views.save_view, name="desk_save_view"),
    path("views/<int:pk>/", views.change_view, name="desk_change_view"),
    path("undo/", views.undo, name="desk_undo"),
    path("keys/", views.keys, name="desk_keys"),
    # Django's own: keeps the choice in the language cookie and returns only to an address of this host.
    path("language/", require_POST(set_language), name="desk_language"),
]
