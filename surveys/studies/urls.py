"""Addresses of studies, below `/desk/studies/`; like the desk's they carry no language."""

from django.urls import path

from surveys.studies import views

urlpatterns = [
    path("", views.home, name="studies"),
    path("new/", views.new, name="study_new"),
    path("<int:pk>/", views.study, name="study"),
    path("<int:pk>/edit/", views.edit, name="study_edit"),
    path("<int:pk>/waves/new/", views.wave_new, name="study_wave_new"),
    path("<int:pk>/waves/<int:number>/", views.wave, name="study_wave"),
    path("<int:pk>/panel/", views.panel, name="study_panel"),
    path("<int:pk>/benchmark/", views.benchmark, name="study_benchmark"),
]
