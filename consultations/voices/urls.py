"""Addresses around comments, below a language."""

from django.urls import path

from consultations.voices import views

urlpatterns = [
    path("c/<slug:slug>/comments/<int:comment_id>/agree/", views.agree, name="comment_agree"),
]
