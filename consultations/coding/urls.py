"""Addresses of the coding desk, below `/desk/coding/`; like the desk's they carry no language."""

from django.urls import path

from consultations.coding import views

urlpatterns = [
    path("", views.home, name="coding_home"),
    path("<slug:slug>/", views.desk, name="coding_desk"),
    path("<slug:slug>/act/", views.act, name="coding_act"),
    path("<slug:slug>/themes/", views.themes, name="coding_themes"),
    path("<slug:slug>/themes/<int:pk>/", views.theme, name="coding_theme"),
    path("<slug:slug>/codebook.csv", views.codebook, name="coding_codebook"),
    path("<slug:slug>/decisions/", views.decisions, name="coding_decisions"),
    path("<slug:slug>/decisions/<slug:kind>/<int:pk>/", views.decide, name="coding_decide"),
    path("<slug:slug>/agreement/", views.agreement, name="coding_agreement"),
    path("<slug:slug>/agreement/<int:pk>/", views.blind, name="coding_blind"),
    path("<slug:slug>/bulk/", views.bulk, name="coding_bulk"),
    path("<slug:slug>/bulk/<int:pk>/", views.order, name="coding_order"),
]
