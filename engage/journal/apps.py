from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "engage.journal"
    label = "journal"
