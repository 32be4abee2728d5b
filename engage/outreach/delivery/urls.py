"""Public addresses of the outbox."""

from django.urls import path

from engage.outreach.delivery import views
from engage.outreach.delivery.feeds import NoticeFeed

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/feed.atom", NoticeFeed(), name="notices_atom"),
    path("notices/feed/<slug:code>.atom", NoticeFeed(), name="channel_atom"),
    path("notices/<int:pk>/", views.notice, name="notice"),
]
