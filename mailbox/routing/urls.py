"""Addresses of this room, below `/desk/`; like the desk's they carry no language."""

from django.urls import path

from mailbox.routing import views

urlpatterns = [
    path("groups/", views.groups, name="desk_groups"),
    path("groups/<int:pk>/", views.group, name="desk_group"),
    path("groups/<int:pk>/<slug:what>/", views.decide, name="desk_group_do"),
    path("routing/", views.figures, name="desk_routing"),
    path("cases/<int:pk>/route-as-proposed/", views.route_proposed, name="desk_route_proposed"),
]
