"""Addresses at the desk of what petitions earned."""

from django.urls import path

from mailbox.petitions.answering import views

urlpatterns = [
    path("answers/", views.answers, name="desk_petition_answers"),
    path("<int:pk>/outcome/", views.outcome, name="desk_petition_outcome"),
    path("<int:pk>/protection/", views.protection, name="desk_petition_protection"),
    path("<int:pk>/letters/", views.letters_again, name="desk_petition_letters_again"),
    path("<int:pk>/debates/", views.new_debate, name="desk_petition_debate_new"),
    path("debates/<int:pk>/", views.edit_debate, name="desk_petition_debate"),
    path("debates/<int:pk>/preview/<str:language>/", views.preview_debate, name="desk_petition_debate_preview"),
]
