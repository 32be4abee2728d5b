"""Addresses of debates that everybody reads."""

from django.urls import path

from mailbox.petitions.answering import views

urlpatterns = [path("<int:pk>/debates/<int:debate>/", views.debate, name="petition_debate")]
