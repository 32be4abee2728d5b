from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "engage.participation"
    label = "participation"
