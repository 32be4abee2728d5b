"""Addresses of what leaves a case as files, beside those of `mailbox.desk.urls`."""

from django.urls import path

from mailbox.desk import bundle_views

urlpatterns = [
    path("<int:pk>/export/", bundle_views.export, name="desk_case_export"),
    path("<int:pk>/history/", bundle_views.history, name="desk_case_history"),
]
