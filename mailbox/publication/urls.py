"""Addresses of published answers and of the disclosure log, and where a sender says what may be published."""

from django.urls import path

from mailbox.publication import views
from mailbox.publication.feeds import DisclosuresAtom, DisclosuresRss, RepliesAtom, RepliesRss

urlpatterns = [
    path("replies/", views.replies, name="replies"),
    path("replies/feed.rss", RepliesRss(), name="replies_rss"),
    path("replies/feed.atom", RepliesAtom(), name="replies_atom"),
    path("replies/<int:pk>/", views.reply, name="published_reply"),
    path("replies/<int:pk>/helped/", views.reply_helped, name="published_reply_helped"),
    path("replies/<int:pk>/files/<int:file>/", views.reply_file, name="published_reply_file"),
    path("disclosures/", views.disclosures, name="disclosures"),
    path("disclosures/feed.rss", DisclosuresRss(), name="disclosures_rss"),
    path("disclosures/feed.atom", DisclosuresAtom(), name="disclosures_atom"),
    path("disclosures/<int:pk>/", views.disclosure, name="published_disclosure"),
    path("disclosures/<int:pk>/helped/", views.disclosure_helped, name="published_disclosure_helped"),
    path("disclosures/<int:pk>/files/<int:file>/", views.disclosure_file, name="published_disclosure_file"),
    path("track/<str:reference>/publishing/", views.consent, name="case_publishing"),
]
