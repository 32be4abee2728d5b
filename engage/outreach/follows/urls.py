"""Public addresses of following."""

from django.urls import path

from engage.outreach.follows import feeds, push_views, views

urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("follow/feed.<str:form>", feeds.everything, name="follow_feed"),
    path("follow/push/", push_views.subscribe, name="follow_push"),
    path("follow/push/mine/", push_views.mine, name="follow_push_mine"),
    path("follow/confirm/<str:signed>/", views.confirm, name="follow_confirm"),
    path("follow/manage/<str:signed>/", views.manage, name="follow_manage"),
    path("follow/manage/<str:signed>/rest/", views.rest, name="follow_rest"),
    path("follow/stop/<str:signed>/", views.stop, name="follow_stop"),
    path("follow/<str:kind>/<str:code>/", views.thing, name="follow_thing"),
    path("follow/<str:kind>/<str:code>/feed.<str:form>", feeds.of_thing, name="follow_thing_feed"),
]
