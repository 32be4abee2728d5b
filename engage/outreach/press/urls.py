"""Public addresses of the press room."""

from django.urls import path

from engage.outreach.press import views
from engage.outreach.press.feeds import PressAtom, PressRss, json_feed

urlpatterns = [
    path("press/", views.press, name="press"),
    path("press/feed.rss", PressRss(), name="press_rss"),
    path("press/feed.atom", PressAtom(), name="press_atom"),
    path("press/feed.json", json_feed, name="press_json"),
    path("press/releases/<slug:slug>/", views.release, name="press_release"),
    path("press/releases/<slug:slug>/pack.zip", views.pack, name="press_pack"),
    path("press/releases/<slug:slug>/files/<int:key>/", views.file, name="press_file"),
    path("press/releases/<slug:slug>/pictures/<int:key>/", views.picture, name="press_picture"),
    path("press/media/", views.join, name="media_join"),
    path("press/media/confirm/<str:signed>/", views.confirm, name="media_confirm"),
    path("press/media/leave/<str:signed>/", views.leave, name="media_leave"),
    path("press/media/leave/<str:signed>/at-once/", views.leave_at_once, name="media_leave_at_once"),
    path("departments/", views.departments, name="departments"),
]
