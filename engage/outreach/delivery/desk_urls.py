"""The desk's addresses of the outbox; like the desk's they carry no language."""

from django.urls import path

from engage.outreach.delivery import desk_channels, desk_import
from engage.outreach.delivery import desk_views as views

urlpatterns = [
    path("outbox/", views.home, name="outbox"),
    path("outbox/begin/", views.begin, name="outbox_begin"),
    path("outbox/items/<int:pk>/", views.item, name="outbox_item"),
    path("outbox/items/<int:pk>/channels/", views.choose, name="outbox_choose"),
    path("outbox/items/<int:pk>/previews/", views.previews, name="outbox_previews"),
    path("outbox/items/<int:pk>/submit/", views.submit, name="outbox_submit"),
    path("outbox/items/<int:pk>/delete/", views.delete, name="outbox_delete"),
    path("outbox/items/<int:pk>/<int:variant>/", views.variant, name="outbox_variant"),
    path("outbox/items/<int:pk>/<int:variant>/reset/", views.reset, name="outbox_reset"),
    path("outbox/items/<int:pk>/<int:variant>/page/", views.page_preview, name="outbox_page_preview"),
    path("outbox/deliveries/<int:pk>/", views.delivery, name="outbox_delivery"),
    path("outbox/deliveries/<int:pk>/export/", views.export, name="outbox_export"),
    path("outbox/channels/", desk_channels.channels, name="outbox_channels"),
    path("outbox/channels/new/", desk_channels.new, name="outbox_channel_new"),
    path("outbox/channels/<int:pk>/", desk_channels.channel, name="outbox_channel"),
    path("outbox/channels/<int:pk>/probe/", desk_channels.probe, name="outbox_probe"),
    path("outbox/channels/<int:pk>/secret/", desk_channels.secret, name="outbox_secret"),
    path("outbox/import/", desk_import.take_in, name="outbox_import"),
    path("outbox/import/errors/<str:token>/", desk_import.errors, name="outbox_import_errors"),
]
