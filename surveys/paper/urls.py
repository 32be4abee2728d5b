"""Addresses of paper answers, below `/desk/paper-answers/`; like the desk's they carry no language."""

from django.urls import path

from surveys.paper import views

urlpatterns = [
    path("", views.home, name="paper_answers"),
    path("<slug:key>/", views.answers, name="paper_answers_of"),
    path("<slug:key>/template.<slug:form>", views.template, name="paper_answers_template"),
    path("<slug:key>/sheet/", views.sheet, name="paper_answers_sheet"),
    path("<slug:key>/batches/<int:pk>/", views.batch, name="paper_answers_batch"),
]
