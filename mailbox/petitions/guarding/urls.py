"""Addresses."""

from django.urls import path

from mailbox.petitions.guarding import views

urlpatterns = [
    path("guard/", views.home, name="petition_guard"),
    path("guard/suspects/<int:pk>/", views.let_go, name="petition_let_go"),
    path("guard/orders/", views.order_list, name="petition_orders"),
    path("guard/orders/<int:pk>/", views.order, name="petition_order"),
    path("guard/orders/<int:pk>/act/", views.order_act, name="petition_order_act"),
    path("guard/lists/", views.lists, name="petition_lists"),
    path("guard/lists/<int:pk>/", views.unlist, name="petition_unlist"),
    path("guard/limits/", views.limits, name="petition_limits"),
    path("guard/pause/", views.pause, name="petition_pause"),
]
