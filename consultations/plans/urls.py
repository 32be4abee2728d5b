"""Addresses of the plan."""

from django.urls import path

from consultations.plans import views
from consultations.plans.feeds import PlanAtom, PlanRss

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/feed.rss", PlanRss(), name="plan_rss"),
    path("plan/feed.atom", PlanAtom(), name="plan_atom"),
    path("plan/<slug:slug>/", views.policy, name="plan_policy"),
    path("plan/<slug:slug>/follow/", views.follow, name="plan_follow"),
    path("c/<slug:slug>/follow/", views.follow_call, name="call_follow"),
]
