from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "engage.departments"
    label = "departments"
