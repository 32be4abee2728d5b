"""Public addresses of outreach."""

from django.urls import include, path

urlpatterns = [
    path("", include("engage.outreach.campaigns.urls")),
    path("", include("engage.outreach.delivery.urls")),
    path("", include("engage.outreach.follows.urls")),
    path("", include("engage.outreach.health.urls")),
    path("", include("engage.outreach.press.urls")),
]
