from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "engage.calendars"
    label = "calendars"
