from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "engage.search"
    label = "search"
