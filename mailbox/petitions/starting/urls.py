"""Addresses of starting a petition, below /petitions/."""

from django.urls import path

from mailbox.petitions.starting import sponsor_views, views

urlpatterns = [
    path("start/", views.start, name="petition_start"),
    path("start/alike/", views.alike, name="petition_alike"),
    path("start/write/", views.write, name="petition_write"),
    path("start/check/", views.check, name="petition_check"),
    path("start/sent/", views.sent, name="petition_sent"),
    path("start/discard/", views.discard, name="petition_discard"),
    path("start/confirm/<str:key>/", views.confirm_start, name="petition_confirm_start"),
    path("mine/<str:reference>/again/", views.again, name="petition_again"),
    path("mine/<str:reference>/withdraw/", views.withdraw, name="petition_withdraw"),
    path("sponsors/<int:signature_id>/<str:key>/", sponsor_views.confirm_sponsor, name="petition_confirm_sponsor"),
    path("<int:petition_id>/sponsor/<str:key>/", sponsor_views.sponsor, name="petition_sponsor"),
    path("<int:petition_id>/sponsor/<str:key>/sent/", sponsor_views.sponsor_sent, name="petition_sponsor_sent"),
]
