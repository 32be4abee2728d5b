from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "engage.desk"
    label = "desk"
