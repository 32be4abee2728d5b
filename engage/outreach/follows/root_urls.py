"""Addresses without a language of following: the service worker, and where mail programs stop letters."""

from django.urls import path

from engage.outreach.follows import push_views, views

urlpatterns = [
    path("push.js", push_views.service_worker, name="push_worker"),
    path("follow/stop/<str:signed>/at-once/", views.stop_at_once, name="follow_stop_at_once"),
]
