"""Addresses without a language: share images for other sites, acknowledgements of receivers."""

from django.urls import path

from engage.outreach.delivery import views

urlpatterns = [
    path("share/<slug:path>/<slug:kind>/<path:id>.png", views.share_image, name="share_image"),
    path("hooks/acknowledge/<uuid:key>/", views.acknowledge, name="delivery_acknowledge"),
]
