"""Addresses of the work of units and people, below `/desk/workload/`."""

from django.urls import path

from mailbox.desk import workload_views as views

urlpatterns = [
    path("", views.workload, name="workload"),
    path("people/<int:pk>/", views.person, name="workload_person"),
    path("absences/", views.absences, name="workload_absences"),
    path("absences/<int:pk>/end/", views.end_absence, name="workload_end_absence"),
    path("handovers/", views.handovers, name="workload_handovers"),
    path("turned-away/", views.turned_away, name="workload_turned_away"),
    path("letter/", views.letter, name="workload_letter"),
]
