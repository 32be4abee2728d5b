"""Addresses of the desk of mailings."""

from django.urls import path

from engage.outreach.follows import desk_views as views

urlpatterns = [
    path("mailings/", views.home, name="mailings"),
    path("mailings/<int:pk>/", views.mailing, name="mailing"),
    path("mailings/<int:pk>/do/", views.act, name="mailing_act"),
]
